import Payments

/// A payment with its row number, and its state when it was read.
struct StoredPayment {
    /// `nil` until it is written for the first time.
    var id: Int64?
    var payment: Payment
    private(set) var before: Payment?
    /// Whether it is among the account's open payments as they are counted.
    var isCountedOpen: Bool

    init(id: Int64, payment: Payment) {
        self.id = id
        self.payment = payment
        before = payment
        isCountedOpen = !payment.state.isFinal
    }

    init(new payment: Payment) {
        self.payment = payment
        isCountedOpen = false
    }

    /// Whether an immediate poll is requested that was not requested before.
    var hasNewPollRequest: Bool {
        let pollRequests = Self.pollRequests(of: payment)
        return !pollRequests.isEmpty && before.map { pollRequests != Self.pollRequests(of: $0) } ?? true
    }

    private static func pollRequests(of payment: Payment) -> [String: Timestamp] {
        var pollRequests: [String: Timestamp] = [:]
        if let request = payment.pollState.requestedAt { pollRequests[""] = request }
        for operation in payment.operations {
            if let request = operation.pollState.requestedAt { pollRequests[operation.id] = request }
        }
        return pollRequests
    }

    var savedID: Int64 {
        get throws(RecordingError) {
            guard let id else { throw .isRefused(reason: "payment was not saved") }
            return id
        }
    }
}

extension Timestamp {
    init?(stored milliseconds: Int64?) {
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension State {
    /// The CHECKs of the schema allow nothing else, so another word means a damaged file.
    init(stored word: String) throws {
        guard let state = State(rawValue: word) else {
            throw DamagedRow(description: "a row holds a state that does not exist")
        }
        self = state
    }
}

extension Status {
    init(word: String?, state: String, nuance: String?) throws {
        self.init(word: word, state: try State(stored: state), nuance: nuance.flatMap(Nuance.init(rawValue:)))
    }
}

extension Purpose {
    init(stored word: String) throws {
        guard let purpose = Purpose(rawValue: word) else {
            throw DamagedRow(description: "a row holds a purpose that does not exist")
        }
        self = purpose
    }
}

extension PollState {
    init(phase: String, nextPollAt: Int64?, attempt: Int, requestedAt: Int64?, since: Int64?) throws {
        guard let phase = Phase(rawValue: phase) else {
            throw DamagedRow(description: "a row holds a reconciliation that does not exist")
        }
        self.init(
            phase: phase,
            nextPollAt: Timestamp(stored: nextPollAt),
            attempt: attempt,
            requestedAt: Timestamp(stored: requestedAt),
            since: Timestamp(stored: since)
        )
    }
}
