package import Ledger
import Payments
import Telemetry

/// The result of an instruction, once it is durable: the JSON of the response, with the names and times of the views.
package struct InstructionAnswer: Codable, Sendable, Equatable {
    package let account: String
    package let entity: String
    package let entityID: String
    package let isNew: Bool
    /// `nil` for a subscription, which has no state of ours.
    package let state: String?
    package let reconciliation: String
    package let nextPollAt: String?
    package let evidenceID: String

    private enum CodingKeys: String, CodingKey {
        case account
        case entity
        case entityID = "entity_id"
        case isNew = "created"
        case state
        case reconciliation
        case nextPollAt = "next_poll_at"
        case evidenceID = "evidence_id"
    }

    package init(account: String, _ instructed: InstructionResult) {
        self.account = account
        entity = instructed.entity.kind
        entityID = instructed.entity.id
        isNew = instructed.isNew
        state = instructed.state?.rawValue
        reconciliation = instructed.reconciliation.rawValue
        nextPollAt = instructed.nextPollAt?.text
        evidenceID = "operator:\(instructed.number)"
    }

    /// Encodes missing values as null, as the views do, rather than leaving the key out.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(account, forKey: .account)
        try container.encode(entity, forKey: .entity)
        try container.encode(entityID, forKey: .entityID)
        try container.encode(isNew, forKey: .isNew)
        try container.encode(state, forKey: .state)
        try container.encode(reconciliation, forKey: .reconciliation)
        try container.encode(nextPollAt, forKey: .nextPollAt)
        try container.encode(evidenceID, forKey: .evidenceID)
    }
}

/// The JSON of a response that reports that nothing was done.
package struct ErrorAnswer: Codable, Sendable, Equatable {
    package let error: String
}
