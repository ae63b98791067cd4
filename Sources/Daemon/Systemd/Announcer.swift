import Ledger
import Logging
import Payments
import Synchronization

/// Tells the supervisor what happens to the daemon, as it happens; without a supervisor, nobody.
///
/// It is told under the lock, so that it hears of everything in its order.
final class Announcer: Sendable {
    private struct State {
        var condition: Condition
        /// How many are not up yet.
        var listeners: Int
        /// The words that were told last.
        var told: String?
        var isHeard = true
    }

    let supervisor: Supervisor?
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// - Parameter listeners: how many there will be; the daemon is ready when all of them are up.
    init(
        _ supervisor: Supervisor?,
        listeners: Int,
        accounts: Int,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.supervisor = supervisor
        self.logger = logger
        self.now = now
        state = Mutex(State(condition: Condition(accounts: accounts), listeners: listeners))
    }

    // MARK: What happens

    func isOpening() {
        state.withLock { tell([], &$0) }
    }

    func isStarting() {
        state.withLock { state in
            state.condition.phase = .starting
            tell([], &state)
        }
    }

    func isUp(_ listener: Daemon.Listener, _ address: String) {
        state.withLock { state in
            switch listener {
            case .callbacks: state.condition.addresses.append(address)
            case .admin: break
            }
            state.listeners -= 1
            guard state.listeners == 0, case .starting = state.condition.phase else { return }
            state.condition.phase = .serving
            tell([.ready], &state)
        }
    }

    /// The ledger was just written and read, or its disk is full or held by another: that is an answer too, and nothing that a
    /// restart would mend.
    func isAlive(_ status: LedgerStatus) {
        state.withLock { state in
            state.condition.status = status
            tell(supervisor?.watchdog == nil ? [] : [.alive], &state)
        }
    }

    /// - Parameter reason: why callbacks are answered 503; `nil` if they are not.
    func refusesCallbacks(because reason: String?) {
        state.withLock { state in
            guard state.condition.refusal != reason else { return }
            state.condition.refusal = reason
            tell([], &state)
        }
    }

    /// The ledger's files have lost their names, and what they hold is being saved.
    func isSaving(_ unsaved: String) {
        state.withLock { state in
            state.condition.refusal = unsaved
            tell(supervisor?.watchdog == nil ? [] : [.alive], &state)
        }
    }

    /// A reload before the daemon is ready is part of its start.
    func isReloading() {
        state.withLock { state in
            guard case .serving = state.condition.phase else { return }
            state.condition.phase = .reloading
            tell([.reloading], &state)
        }
    }

    func hasReloaded(accounts: Int) {
        state.withLock { state in
            state.condition.accounts = accounts
            state.condition.couldNotReloadAt = nil
            isServingAgain(&state)
        }
    }

    func couldNotReload() {
        state.withLock { state in
            state.condition.couldNotReloadAt = now()
            isServingAgain(&state)
        }
    }

    func isStopping() {
        state.withLock { state in
            state.condition.phase = .stopping
            tell([.stopping], &state)
        }
    }

    func hasFailed(_ error: any Error) {
        state.withLock { state in
            state.condition.phase = .failed("\(error)")
            tell([], &state)
        }
    }

    private func isServingAgain(_ state: inout State) {
        guard case .reloading = state.condition.phase else { return }
        state.condition.phase = .serving
        tell([.ready], &state)
    }

    // MARK: How it is told

    /// Tells of something, and what is so now in words, if these are other than before.
    private func tell(_ notices: [Supervisor.Notice], _ state: inout State) {
        guard let supervisor else { return }
        var notices = notices
        let words = state.condition.words(at: now())
        if words != state.told { notices.append(.status(words)) }
        guard !notices.isEmpty else { return }
        state.told = words
        let isHeard = supervisor.tell(notices)
        if state.isHeard, !isHeard { logger.warning("systemd does not take messages: see $NOTIFY_SOCKET") }
        state.isHeard = isHeard
    }
}
