import Payments

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
