/// Where the asking about one payment, operation or checkout stands; it is kept in the database, nothing is only in memory.
package struct Asking: Sendable, Equatable {
    /// `reconciliation` in the views.
    package enum Phase: String, Sendable, CaseIterable {
        case scheduled
        case done
        case unresolved
    }

    package var phase: Phase
    /// When the next question is due; `nil` unless scheduled.
    package var nextPollAt: Moment?
    /// Questions sent since the last evidence.
    package var attempt: Int
    /// Since when an answer is wanted at once; only an answer to a question sent later serves it.
    package var wishedAt: Moment?

    package init(phase: Phase = .done, nextPollAt: Moment? = nil, attempt: Int = 0, wishedAt: Moment? = nil) {
        self.phase = phase
        self.nextPollAt = nextPollAt
        self.attempt = attempt
        self.wishedAt = wishedAt
    }

    /// New evidence came: the schedule starts again, or ends. A wish for an answer at once stays.
    mutating func restart(after delay: Duration?, at now: Moment) {
        attempt = 0
        guard let due = wishedAt ?? delay.map({ now + $0 }) else {
            phase = .done
            nextPollAt = nil
            return
        }
        phase = .scheduled
        nextPollAt = due
    }

    /// The gateway is to be asked at once.
    mutating func wish(at now: Moment) {
        phase = .scheduled
        nextPollAt = now
        wishedAt = now
    }
}
