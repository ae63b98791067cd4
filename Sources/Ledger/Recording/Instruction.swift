package import Payments

/// A command to the ledger from a person, or a program on their behalf: to watch a payment, or to poll for one at once.
package struct Instruction: Sendable {
    package enum Command: Sendable, Hashable {
        /// A payment or checkout may exist for which no callback has come yet: it is polled until it is known.
        case watch(Expectation)
        /// The gateway is to be polled at once.
        case poll
    }

    package let account: String
    package let entity: Entity
    package let command: Command
    package internal(set) var givenAt: Timestamp

    package init(account: String, entity: Entity, command: Command, givenAt: Timestamp) {
        self.account = account
        self.entity = entity
        self.command = command
        self.givenAt = givenAt
    }
}

/// The result of an instruction, once it is durable.
package struct InstructionResult: Sendable, Equatable {
    /// The number of the instruction: `operator:N` is evidence.
    package let number: Int64
    /// The entity that is watched or polled: a uid given as a payment may turn out to be an operation's.
    package let entity: Entity
    /// Whether nothing was known of the entity before.
    package let isNew: Bool
    /// `nil` for a subscription, which has no state of ours.
    package let state: State?
    package let reconciliation: PollState.Phase
    package let nextPollAt: Timestamp?

    package init(
        number: Int64,
        entity: Entity,
        isNew: Bool,
        state: State?,
        reconciliation: PollState.Phase,
        nextPollAt: Timestamp?
    ) {
        self.number = number
        self.entity = entity
        self.isNew = isNew
        self.state = state
        self.reconciliation = reconciliation
        self.nextPollAt = nextPollAt
    }
}

/// Why an instruction was not carried out; nothing was changed.
package enum InstructionError: Error, Equatable {
    /// The ledger has no account of this name.
    case unknownAccount
    /// There is no entity of this name to poll; it has to be watched first.
    case unknownEntity
    /// This gateway has no such entity (ecommpay has no checkouts), or it cannot be watched (a subscription is only
    /// polled).
    case impossible
    /// It is an operation of this payment: expectations are given for the payment.
    case isOperation(of: String)
    case notRecorded(RecordingError)
}
