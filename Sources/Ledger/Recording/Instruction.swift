package import Payments

/// What a person, or a program in their name, tells the ledger: to know of a payment, or to ask about one at once.
package struct Instruction: Sendable {
    package enum Command: Sendable, Hashable {
        /// A payment or checkout may exist of which no callback has come yet: it is asked about until it is known.
        case watch(Expectation)
        /// The gateway is to be asked at once.
        case poll
    }

    package let account: String
    package let entity: Entity
    package let command: Command
    package let givenAt: Timestamp

    package init(account: String, entity: Entity, command: Command, givenAt: Timestamp) {
        self.account = account
        self.entity = entity
        self.command = command
        self.givenAt = givenAt
    }
}

/// What an instruction came to, once it is durable.
package struct InstructionResult: Sendable, Equatable {
    /// The number of the instruction: `operator:N` is evidence.
    package let number: Int64
    /// What is watched or asked about: a uid given as a payment may turn out to be an operation's.
    package let entity: Entity
    /// Whether nothing was known of it before.
    package let isNew: Bool
    /// `nil` for a subscription, which has none of ours.
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

/// Why an instruction was not followed; nothing was changed.
package enum InstructionError: Error, Equatable {
    /// The ledger knows no account of this name.
    case unknownAccount
    /// There is nothing of this name to ask about; it has to be watched first.
    case unknownEntity
    /// This gateway has no such thing (ecommpay has no checkouts), or it is not watched (a subscription is only polled).
    case impossible
    /// It is an operation of this payment: what is expected is told of the payment.
    case isOperation(of: String)
    case notRecorded(RecordingError)
}
