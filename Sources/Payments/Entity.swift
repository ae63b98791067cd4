/// What a gateway can be polled about, under the gateway's own name for it (`polls.entity`,
/// docs/reading-the-database.md).
package enum Entity: Sendable, Hashable {
    /// ecommpay: `payment.id`. eComCharge: the uid of the root transaction.
    case payment(id: String)
    /// An eComCharge child (a refund, a capture, …), by its own uid.
    case operation(id: String)
    case checkout(token: String)
    case subscription(id: String)

    /// The word used in the database views.
    package var kind: String {
        switch self {
        case .payment: "payment"
        case .operation: "operation"
        case .checkout: "checkout"
        case .subscription: "subscription"
        }
    }

    package var id: String {
        switch self {
        case .payment(let id), .operation(let id), .checkout(let id), .subscription(let id): id
        }
    }
}
