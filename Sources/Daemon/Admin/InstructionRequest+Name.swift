import Gateways
import Payments

extension InstructionRequest.Name {
    /// The key in JSON and in the header of a CSV file.
    package enum Key: String, Sendable, CaseIterable {
        case paymentID = "payment_id"
        case uid
        case token
        case subscriptionID = "subscription_id"
    }

    package init(_ key: Key, _ id: String) {
        self =
            switch key {
            case .paymentID: .paymentID(id)
            case .uid: .uid(id)
            case .token: .token(id)
            case .subscriptionID: .subscriptionID(id)
            }
    }

    package var key: Key {
        switch self {
        case .paymentID: .paymentID
        case .uid: .uid
        case .token: .token
        case .subscriptionID: .subscriptionID
        }
    }

    package var id: String {
        switch self {
        case .paymentID(let id), .uid(let id), .token(let id), .subscriptionID(let id): id
        }
    }

    /// The entity that this names at a gateway; `nil` if that gateway has no such thing.
    func entity(at gateway: String) -> Entity? {
        switch self {
        case .paymentID(let id): .payment(id: id)
        case .uid(let id): gateway == EComCharge.name ? .payment(id: id) : nil
        case .token(let token): gateway == EComCharge.name ? .checkout(token: token) : nil
        case .subscriptionID(let id): gateway == EComCharge.name ? .subscription(id: id) : nil
        }
    }
}

extension InstructionRequest.Verb {
    /// The names that the verb accepts. A subscription is not watched: its callbacks and transactions report on it.
    package var names: [InstructionRequest.Name.Key] {
        switch self {
        case .watch: [.paymentID, .uid, .token]
        case .poll: [.paymentID, .uid, .token, .subscriptionID]
        }
    }
}
