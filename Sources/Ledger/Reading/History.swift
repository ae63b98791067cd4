package import Payments

/// All that the ledger holds of one payment, checkout or subscription, as it was at one moment: rows of the public views,
/// oldest first, without bodies.
package struct History: Sendable {
    package let entity: Entity
    package let account: String
    package let gateway: String
    /// The row of `payments`, `checkouts` or `subscriptions`.
    package let subject: ViewRow
    package let operations: [ViewRow]
    /// The callbacks, questions and instructions that are about it, or that changed it.
    package let callbacks: [ViewRow]
    package let polls: [ViewRow]
    package let instructions: [ViewRow]
    package let transitions: [ViewRow]
    package let anomalies: [ViewRow]
    /// The row of its payment in `timeline`; none for anything else.
    package let timeline: [ViewRow]
    /// The last pause of the account's gateway, which may be over.
    package let pause: GatewayPause?
}
