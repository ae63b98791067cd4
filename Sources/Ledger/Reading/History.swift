package import Payments

/// Everything the ledger holds about one payment, checkout or subscription, as of one point in time: rows of the public
/// views, oldest first, without bodies.
package struct History: Sendable {
    package let entity: Entity
    package let account: String
    package let gateway: String
    /// The row of `payments`, `checkouts` or `subscriptions`.
    package let subject: ViewRow
    package let operations: [ViewRow]
    /// The callbacks, polls and instructions that are about it, or that changed it.
    package let callbacks: [ViewRow]
    package let polls: [ViewRow]
    package let instructions: [ViewRow]
    package let transitions: [ViewRow]
    package let anomalies: [ViewRow]
    /// The payment's rows in `timeline`; empty for checkouts and subscriptions.
    package let timeline: [ViewRow]
    /// The last pause of the account's gateway, which may be over.
    package let pause: GatewayPause?
}
