import Payments

/// What a report came to, as the row of the callback or poll that brought it tells.
struct Outcome {
    var effect: Effect
    var row: Int?
    var payment: Int64?
    var operationID: String?
    var checkout: Int64?
    var checkoutEffect: Effect?
    var subscription: Int64?
    /// The gateway's word in it.
    var status: String?
}

extension Outcome {
    /// What it came to for the one that was asked about: an answer about a token also tells of its payment.
    func effect(on entity: Entity) -> Effect {
        switch entity {
        case .checkout: checkoutEffect ?? effect
        case .payment, .operation, .subscription: effect
        }
    }
}
