import Gateways
package import Ledger
import Payments

/// An instruction from a person or a program: the JSON body of `POST /v1/watch` or `/v1/poll`, or a row of a CSV file.
package struct InstructionRequest: Sendable, Hashable {
    package let account: String
    package let name: Name
    package let command: Instruction.Command

    package init(account: String, name: Name, command: Instruction.Command) {
        self.account = account
        self.name = name
        self.command = command
    }

    /// The caller's name for the entity.
    package enum Name: Sendable, Hashable {
        case paymentID(String)
        /// eComCharge's word for what we call a payment id.
        case uid(String)
        case token(String)
        case subscriptionID(String)
    }

    /// The kind of request: the last part of the path.
    package enum Verb: String, Sendable {
        case watch
        case poll
    }

    package var verb: Verb {
        switch command {
        case .watch: .watch
        case .poll: .poll
        }
    }
}

extension InstructionRequest {
    /// The instruction for the ledger.
    ///
    /// - Parameter accounts: those of the configuration.
    func instruction(for accounts: [LedgerAccount], at now: Timestamp) throws(APIError) -> Instruction {
        guard let gateway = accounts.first(where: { $0.name == account })?.gateway else {
            throw .unknownAccount(account, known: accounts.map(\.name))
        }
        guard let entity = name.entity(at: gateway) else { throw .notOfGateway(name) }
        return Instruction(account: account, entity: entity, command: command, givenAt: now)
    }
}

/// Encodes the body of a request, as the daemon reads it.
extension InstructionRequest: Encodable {
    private enum CodingKeys: String, CodingKey {
        case account
        case paymentID = "payment_id"
        case uid
        case token
        case subscriptionID = "subscription_id"
        case reference
        case amount = "amount_minor"
        case currency
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(account, forKey: .account)
        switch name {
        case .paymentID(let id): try container.encode(id, forKey: .paymentID)
        case .uid(let id): try container.encode(id, forKey: .uid)
        case .token(let id): try container.encode(id, forKey: .token)
        case .subscriptionID(let id): try container.encode(id, forKey: .subscriptionID)
        }
        guard case .watch(let expectation) = command else { return }
        try container.encodeIfPresent(expectation.reference, forKey: .reference)
        try container.encodeIfPresent(expectation.amount, forKey: .amount)
        try container.encodeIfPresent(expectation.currency, forKey: .currency)
    }
}

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
