/// What a gateway can be asked about, by the name that the gateway itself knows it by (design 3.6, `polls.entity`).
package enum Entity: Sendable, Hashable {
    /// ecommpay: `payment.id`. eComCharge: the uid of the root transaction.
    case payment(id: String)
    /// An eComCharge child (a refund, a capture, …), by its own uid.
    case operation(id: String)
    case checkout(token: String)
    case subscription(id: String)

    /// The word of the views.
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
