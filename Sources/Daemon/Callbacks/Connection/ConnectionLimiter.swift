import NIOCore
import Synchronization

/// Limits the number of connections over all listening sockets, and drains them when the listener stops.
///
/// When the limit is reached, the connection that has been idle longest is closed for each new one. If none is idle,
/// new ones wait in the kernel's queue: the time of a request is bounded, and when it ends there is room again.
///
/// At shutdown no listening socket is closed on a connection that it has just accepted: all of them stop accepting
/// first; accepted connections are awaited until they are served; then the sockets close, and every connection is asked
/// to end after its response. Connections not accepted stay with the kernel: behind a socket of systemd's, for the next
/// process.
final class ConnectionLimiter: Sendable {
    private enum Phase {
        case open
        /// Until no socket accepts any more and all accepted connections are ready.
        case closing(accepting: Int)
        case closed
    }

    private struct State {
        var phase = Phase.open
        var listeners: [any Channel] = []
        /// Accepted, but not set up yet.
        var arriving: Set<ObjectIdentifier> = []
        /// Held as long as they are open, because a connection must not be dropped unserved.
        var present: [ObjectIdentifier: any Channel] = [:]
        /// Whether a socket was refused an accept, and waits for a signal to read.
        var isFull = false
        var hasLostListener = false

        var count: Int { arriving.count + present.count }
    }

    /// The most connections beyond the limit: those that were asked to make room, until they have closed.
    private static let mostLeaving = 64

    /// Every connection once, in the order in which they become ready to be served.
    let connections: AsyncStream<any Channel>
    private let ready: AsyncStream<any Channel>.Continuation
    private let idle: IdleConnections
    private let log: ConnectionLimitLog
    private let limit: @Sendable () -> Int
    private let state = Mutex(State())
    /// Serializes the closing of idle connections: two threads at once would close twice as many.
    private let turn = Mutex(())

    /// - Parameter limit: the most connections at once.
    init(idle: IdleConnections, log: ConnectionLimitLog, limit: @escaping @Sendable () -> Int) {
        self.idle = idle
        self.log = log
        self.limit = limit
        (connections, ready) = AsyncStream.makeStream()
    }

    // MARK: Listening sockets

    /// Begins to accept on all sockets, none of which has accepted yet.
    func open(_ listeners: [any Channel]) {
        // Only the request handlers hold the idle connections' list, and they are gone when the listener is.
        idle.whenAny { [weak self] in self?.oneIsIdle() }
        let isOpen = state.withLock { state in
            guard case .open = state.phase else { return false }
            state.listeners = listeners
            return true
        }
        for listener in listeners {
            if isOpen {
                listener.closeFuture.whenComplete { _ in self.hasClosed() }
                listener.setOption(.autoRead, value: true).whenFailure { _ in listener.close(promise: nil) }
            } else {
                listener.close(promise: nil)
            }
        }
    }

    /// A socket closed. If no shutdown was requested, it would never accept again, so the listener stops in the usual
    /// way.
    private func hasClosed() {
        let isLost = state.withLock { state in
            guard case .open = state.phase else { return false }
            state.hasLostListener = true
            return true
        }
        if isLost { close() }
    }

    /// Whether the listener stopped because a socket had closed by itself.
    var hasLostListener: Bool { state.withLock { $0.hasLostListener } }

    /// Whether the shutdown has not begun.
    var isOpen: Bool {
        state.withLock { state in
            if case .open = state.phase { true } else { false }
        }
    }

    /// Stops accepting, and ends every connection after its response. ``connections`` ends when the last one is ready.
    func close() {
        let listeners: [any Channel]? = state.withLock { state in
            guard case .open = state.phase else { return nil }
            state.phase = .closing(accepting: state.listeners.count)
            return state.listeners
        }
        guard let listeners else { return }
        for listener in listeners {
            listener.setOption(.autoRead, value: false).whenComplete { _ in
                self.state.withLock { state in
                    guard case .closing(let count) = state.phase else { return }
                    state.phase = .closing(accepting: count - 1)
                }
                self.closeListenersIfIdle()
            }
        }
        closeListenersIfIdle()
    }

    /// Closes sockets and connections immediately.
    func closeAtOnce() {
        let channels = state.withLock { state in
            state.phase = .closed
            return state.listeners + state.present.values
        }
        for channel in channels { channel.close(promise: nil) }
        ready.finish()
    }

    private func closeListenersIfIdle() {
        let leaving: (listeners: [any Channel], connections: [any Channel])? = state.withLock { state in
            guard case .closing(accepting: 0) = state.phase, state.arriving.isEmpty else { return nil }
            state.phase = .closed
            return (state.listeners, Array(state.present.values))
        }
        guard let leaving else { return }
        for listener in leaving.listeners { listener.close(promise: nil) }
        for connection in leaving.connections {
            connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        ready.finish()
    }

    // MARK: Connections

    /// Whether a socket may accept; if not, it is signalled to read when it may.
    func admits() -> Bool {
        let limit = limit()
        let (admits, isFull) = state.withLock { state in
            guard case .open = state.phase else { return (false, false) }
            guard state.count >= limit else { return (true, false) }
            // Set first: any connection that becomes idle from here on signals it.
            state.isFull = true
            if state.count < limit + Self.mostLeaving, idle.hasAnyOrWillTell() { state.isFull = false }
            return (!state.isFull, true)
        }
        if isFull { makeRoom() }
        if isFull, !admits { log.reached(limit: limit, closing: 0) }
        return admits
    }

    func accepted(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let count = state.withLock { state in
            state.arriving.insert(id)
            return state.count
        }
        channel.closeFuture.whenComplete { _ in self.left(id) }
        if count > limit() { makeRoom() }
    }

    private func oneIsIdle() {
        makeRoom()
        mayAdmitMore()
    }

    /// Closes as many idle connections as there are connections above the limit: now, or as soon as they become idle.
    private func makeRoom() {
        let limit = limit()
        let closed = turn.withLock { _ in
            // In this order, a connection that leaves in between is still counted as leaving, rather than missed in
            // both counts.
            let leaving = idle.leaving
            let surplus = state.withLock { $0.count } - limit - leaving
            var closed = 0
            while closed < surplus, idle.closeLongest() { closed += 1 }
            if closed < surplus { _ = idle.hasAnyOrWillTell() }
            return closed
        }
        if closed > 0 { log.reached(limit: limit, closing: closed) }
    }

    func isReady(_ connection: any Channel) {
        let id = ObjectIdentifier(connection)
        let isWelcome = state.withLock { state in
            state.arriving.remove(id)
            state.present[id] = connection
            guard case .closed = state.phase else { return true }
            return false
        }
        guard isWelcome else { return connection.close(promise: nil) }
        ready.yield(connection)
        closeListenersIfIdle()
    }

    private func left(_ id: ObjectIdentifier) {
        state.withLock { state in
            state.arriving.remove(id)
            state.present.removeValue(forKey: id)
        }
        mayAdmitMore()
        closeListenersIfIdle()
    }

    /// Lets the sockets try again, if any was refused: a connection has gone, or the limit has changed.
    func mayAdmitMore() {
        let listeners: [any Channel] = state.withLock { state in
            guard state.isFull, case .open = state.phase else { return [] }
            state.isFull = false
            return state.listeners
        }
        for listener in listeners { listener.read() }
    }
}
