package import Ledger

/// Callbacks that were read and are not sent yet, and when to look for more.
package struct DueRows: Sendable {
    /// What was read longer ago is read again: an operator may have dropped it.
    private static let longestAge = Duration.seconds(1)

    /// The first is the last.
    private var rows: [DueForward] = []
    private var lastLook: ContinuousClock.Instant?
    private var nextLook: ContinuousClock.Instant
    private var lastStart: ContinuousClock.Instant?

    package init(at now: ContinuousClock.Instant) {
        nextLook = now
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// When the next request may be sent, or the next look be taken.
    package mutating func nextStart(
        hasNews: Bool,
        pauseBetweenLooks: Duration,
        rest: Duration,
        at now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        if let lastLook, !rows.isEmpty, now - Self.longestAge > lastLook { clear(at: now) }
        let rested = lastStart.map { $0 + rest } ?? now
        guard rows.isEmpty else { return rested }
        let mayLook = lastLook.map { $0 + pauseBetweenLooks } ?? now
        return max(rested, mayLook, hasNews ? now : nextLook)
    }

    /// What was read is read again when it can be sent.
    package mutating func clear(at now: ContinuousClock.Instant) {
        guard !rows.isEmpty else { return }
        rows = []
        nextLook = now
    }

    /// - Parameter pause: the time until the next look, once these are sent.
    package mutating func replace(with due: [DueForward], nextLook pause: Duration, at now: ContinuousClock.Instant) {
        rows = due.reversed()
        lastLook = now
        nextLook = now + pause
    }

    package mutating func take(at now: ContinuousClock.Instant) -> DueForward? {
        guard let row = rows.popLast() else { return nil }
        lastStart = now
        return row
    }
}
