package import Ledger

/// What the page's buttons do. They call what the JSON instructions call.
package struct PageActions: Sendable {
    package let poll: @Sendable (_ account: String, _ payment: String) async -> PageMessage
    package let acknowledge: @Sendable (_ anomaly: Int64, _ note: String) async -> PageMessage
    package let deliver: @Sendable (_ order: DeliveryOrder) async -> PageMessage

    package init(
        poll: @escaping @Sendable (_ account: String, _ payment: String) async -> PageMessage,
        acknowledge: @escaping @Sendable (_ anomaly: Int64, _ note: String) async -> PageMessage,
        deliver: @escaping @Sendable (_ order: DeliveryOrder) async -> PageMessage
    ) {
        self.poll = poll
        self.acknowledge = acknowledge
        self.deliver = deliver
    }
}
