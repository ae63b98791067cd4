import Synchronization
import UnixSignals

/// When a play ends: at its time or at the first signal; the second one does not wait for the reckoning.
final class Curtain: Sendable {
    private let end: ContinuousClock.Instant?
    private let signals = Mutex(0)

    init(after end: ContinuousClock.Instant?) {
        self.end = end
    }

    func isFalling(at now: ContinuousClock.Instant) -> Bool {
        signals.withLock { $0 > 0 } || end.map { now >= $0 } ?? false
    }

    var isTorn: Bool { signals.withLock { $0 > 1 } }

    func listen() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            signals.withLock { $0 += 1 }
        }
    }
}
