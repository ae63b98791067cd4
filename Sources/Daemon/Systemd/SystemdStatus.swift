import Ledger
import Logging
import Payments
import ServiceLifecycle
import Synchronization

/// Notifies systemd of the daemon's state as it changes; does nothing without systemd.
///
/// Messages are sent under the lock, so that systemd receives them in order.
final class SystemdStatus: Sendable {
    private struct State {
        var daemonStatus: DaemonStatus
        /// The number of listeners that are not up yet.
        var listeners: Int
        /// The status text that was sent last.
        var sentWords: String?
        var isHeard = true
    }

    let systemd: SystemdNotifier?
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// - Parameter listeners: how many there will be; the daemon is ready when all of them are up.
    init(
        _ systemd: SystemdNotifier?,
        listeners: Int,
        accounts: Int,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.systemd = systemd
        self.logger = logger
        self.now = now
        state = Mutex(State(daemonStatus: DaemonStatus(accounts: accounts), listeners: listeners))
    }

    // MARK: State changes

    func isOpening() {
        state.withLock { notify([], &$0) }
    }

    func isStarting() {
        state.withLock { state in
            state.daemonStatus.phase = .starting
            notify([], &state)
        }
    }

    func isUp(_ listener: Daemon.Listener, _ address: String) {
        state.withLock { state in
            switch listener {
            case .callbacks: state.daemonStatus.addresses.append(address)
            case .admin: break
            }
            state.listeners -= 1
            guard state.listeners == 0, case .starting = state.daemonStatus.phase else { return }
            state.daemonStatus.phase = .serving
            notify([.ready], &state)
        }
    }

    /// The ledger was just written and read, or its disk is full or locked by another program: that is an answer too,
    /// and a restart would not help.
    /// The daemon works, but nothing of the ledger can be read.
    func isAliveWithoutDatabase() {
        state.withLock { state in notify(systemd?.watchdog == nil ? [] : [.alive], &state) }
    }

    func isAlive(_ status: LedgerStatus) {
        state.withLock { state in
            state.daemonStatus.status = status
            notify(systemd?.watchdog == nil ? [] : [.alive], &state)
        }
    }

    /// - Parameter reason: why callbacks are answered 503; `nil` if they are not.
    func rejectsCallbacks(because reason: String?) {
        state.withLock { state in
            guard state.daemonStatus.rejection != reason else { return }
            state.daemonStatus.rejection = reason
            notify([], &state)
        }
    }

    /// The ledger's files were deleted or moved, and the data that it holds is being saved.
    func isSaving(_ unsaved: String) {
        state.withLock { state in
            state.daemonStatus.rejection = unsaved
            notify(systemd?.watchdog == nil ? [] : [.alive], &state)
        }
    }

    /// A reload before the daemon is ready is part of its start.
    func isReloading() {
        state.withLock { state in
            guard case .serving = state.daemonStatus.phase else { return }
            state.daemonStatus.phase = .reloading
            notify([.reloading], &state)
        }
    }

    func hasReloaded(accounts: Int) {
        state.withLock { state in
            state.daemonStatus.accounts = accounts
            state.daemonStatus.couldNotReloadAt = nil
            isServingAgain(&state)
        }
    }

    func couldNotReload() {
        state.withLock { state in
            state.daemonStatus.couldNotReloadAt = now()
            isServingAgain(&state)
        }
    }

    func isStopping() {
        state.withLock { state in
            state.daemonStatus.phase = .stopping
            notify([.stopping], &state)
        }
    }

    func hasFailed(_ error: any Error) {
        state.withLock { state in
            state.daemonStatus.phase = .failed("\(error)")
            notify([], &state)
        }
    }

    private func isServingAgain(_ state: inout State) {
        guard case .reloading = state.daemonStatus.phase else { return }
        state.daemonStatus.phase = .serving
        notify([.ready], &state)
    }

    // MARK: Sending

    /// Sends notices, and the status text if it has changed.
    private func notify(_ notices: [SystemdNotifier.Notice], _ state: inout State) {
        guard let systemd else { return }
        var notices = notices
        let words = state.daemonStatus.words(at: now())
        if words != state.sentWords { notices.append(.status(words)) }
        guard !notices.isEmpty else { return }
        state.sentWords = words
        let isHeard = systemd.notify(notices)
        if state.isHeard, !isHeard { logger.warning("systemd does not accept messages: see $NOTIFY_SOCKET") }
        state.isHeard = isHeard
    }
}

/// Notifies systemd of the graceful shutdown as it begins: the last of the services is the first to be stopped.
struct StoppingNotice: Service {
    let systemdStatus: SystemdStatus

    func run() async throws {
        try await gracefulShutdown()
        systemdStatus.isStopping()
    }
}
