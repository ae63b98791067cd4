package import Payments

/// An entity by its gateway's name, with the account that it belongs to.
package struct EntityName: Sendable, Hashable {
    package let account: String
    package let entity: Entity

    package init(account: String, entity: Entity) {
        self.account = account
        self.entity = entity
    }
}

extension Entity {
    /// Creates an entity from the words of the views; `nil` for any other word.
    package init?(kind: String, id: String) {
        switch kind {
        case "payment": self = .payment(id: id)
        case "operation": self = .operation(id: id)
        case "checkout": self = .checkout(token: id)
        case "subscription": self = .subscription(id: id)
        default: return nil
        }
    }
}
