package import Ledger
package import Logging
import OutboundHTTP
import Synchronization

/// Collects what is to be recorded, and writes it in groups: whatever has come in while the last write ran is the next
/// one. What cannot be written is tried again, for as long as the daemon runs.
package final class WriteBehind<Element: Sendable>: Sendable {
    /// Why a group was not written.
    package typealias Failure = RecordingError

    private enum Step {
        case write([Element])
        case wait(Duration)
        case end
    }

    private struct State {
        var waiting: [Element] = []
        /// When those that wait are written at the latest.
        var due = ContinuousClock.now
        /// How many are being written.
        var underWay = 0
        var isFinished = false
        /// Whether nobody writes any more.
        var hasEnded = false
        /// Those who wait until everything is durable.
        var drains: [CheckedContinuation<Void, Never>] = []

        var isDurable: Bool { waiting.isEmpty && underWay == 0 }
    }

    /// How often a write is tried once nothing more will come.
    private static var lastTries: Int { 3 }
    private static var shortestPause: Duration { .milliseconds(200) }
    private static var longestPause: Duration { .seconds(10) }

    private let state = Mutex(State())
    private let wakeSignal = WakeSignal()
    private let delay: Duration
    private let atOnce: Int
    private let logger: Logger
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - delay: how long the first of a group waits for others.
    ///   - atOnce: so many do not wait for more.
    ///   - logger: names the target.
    package init(delay: Duration = .zero, atOnce: Int = 1, logger: Logger) {
        self.delay = delay
        self.atOnce = atOnce
        self.logger = logger
    }

    /// How many are not durable yet.
    package var count: Int { state.withLock { $0.waiting.count + $0.underWay } }

    package func append(_ element: Element) {
        state.withLock { state in
            if state.waiting.isEmpty { state.due = clock.now + delay }
            state.waiting.append(element)
        }
        wakeSignal.signal()
    }

    /// Returns when everything is durable. If the task is cancelled, nothing more will come, and it does not wait for
    /// long.
    package func drain() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { drain in
                let isOver = state.withLock { state in
                    let isOver = state.isDurable || state.hasEnded
                    if !isOver { state.drains.append(drain) }
                    return isOver
                }
                if isOver { drain.resume() } else { wakeSignal.signal() }
            }
        } onCancel: {
            finish()
        }
    }

    /// Nothing more will come: ``run(_:)`` returns when everything is written.
    package func finish() {
        state.withLock { $0.isFinished = true }
        wakeSignal.signal()
    }

    package func run(_ write: ([Element]) async throws(Failure) -> Void) async {
        while true {
            if Task.isCancelled { finish() }
            switch next() {
            case .write(let group):
                await tryUntilWritten(group, by: write)
                end()
            case .wait(let time):
                await wakeSignal.wait(atMost: time)
            case .end:
                return
            }
        }
    }

    private func next() -> Step {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.hasEnded = state.isFinished
                return state.isFinished ? .end : .wait(.seconds(600))
            }
            let isUrgent = state.isFinished || !state.drains.isEmpty || state.waiting.count >= atOnce
            let rest = clock.now.duration(to: state.due)
            guard isUrgent || rest <= .zero else { return .wait(rest) }
            defer { state.waiting = [] }
            state.underWay = state.waiting.count
            return .write(state.waiting)
        }
    }

    private func end() {
        let drains = state.withLock { state in
            state.underWay = 0
            guard state.isDurable else { return [CheckedContinuation<Void, Never>]() }
            defer { state.drains = [] }
            return state.drains
        }
        for drain in drains { drain.resume() }
    }

    private func tryUntilWritten(
        _ group: [Element],
        by write: ([Element]) async throws(Failure) -> Void
    ) async {
        var pause = Self.shortestPause
        var lastTries = Self.lastTries
        while true {
            do throws(Failure) {
                return try await write(group)
            } catch {
                let isLast = state.withLock { $0.isFinished }
                if isLast { lastTries -= 1 }
                guard error != .isClosed, lastTries > 0 else {
                    return logger.error(
                        "results of deliveries are not recorded: they are sent again after the next start",
                        metadata: ["results": "\(group.count)", "error": "\(error)"]
                    )
                }
                if pause == Self.shortestPause {
                    logger.warning(
                        "results of deliveries cannot be recorded, will retry",
                        metadata: ["results": "\(group.count)", "error": "\(error)"]
                    )
                }
                await wakeSignal.wait(atMost: isLast ? Self.shortestPause : pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }
}
