package import Payments

/// Where an entity is stored: the numbers of its rows, which mean nothing outside this ledger.
enum EntityRow: Sendable, Hashable {
    case payment(Int64)
    /// An operation, in the row of the payment that holds it.
    case operation(id: String, payment: Int64)
    case checkout(Int64)
    case subscription(Int64)
}

extension EntityRow {
    init(of entity: Entity, number: Int64) {
        switch entity {
        case .payment: self = .payment(number)
        case .operation(let id): self = .operation(id: id, payment: number)
        case .checkout: self = .checkout(number)
        case .subscription: self = .subscription(number)
        }
    }

    /// The number of the payment's, the checkout's or the subscription's row.
    var number: Int64 {
        switch self {
        case .payment(let number), .operation(_, let number), .checkout(let number), .subscription(let number): number
        }
    }

    // Each row that refers to an entity has these columns, of which one is set at most.

    var payment: Int64? {
        switch self {
        case .payment(let number), .operation(_, let number): number
        case .checkout, .subscription: nil
        }
    }

    var operationID: String? {
        switch self {
        case .operation(let id, _): id
        case .payment, .checkout, .subscription: nil
        }
    }

    var checkout: Int64? {
        switch self {
        case .checkout(let number): number
        case .payment, .operation, .subscription: nil
        }
    }

    var subscription: Int64? {
        switch self {
        case .subscription(let number): number
        case .payment, .operation, .checkout: nil
        }
    }
}

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
