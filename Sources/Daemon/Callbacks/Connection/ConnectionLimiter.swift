import NIOCore
import Synchronization

/// Lets connections in, at most so many at once over all the doors, and sees them out when the listener stops.
///
/// Where all places are taken, whoever has been idle longest makes room for whoever comes. Where nobody is idle, those who come
/// wait with the kernel: a request has a bounded time, and after it there is a place again.
///
/// A door is a listening socket. At the stop none is closed on a connection that it has just accepted: all of them stop
/// accepting first; what was accepted is waited for until it is served; then the doors close, and every connection is told
/// to go after its answer. What was not accepted stays with the kernel: behind a socket of systemd's, for whoever runs next.
final class ConnectionLimiter: Sendable {
    typealias Connection = CallbackPipeline.Connection

    private enum Phase {
        case open
        /// Until no door accepts any more, and what was accepted is there.
        case closing(accepting: Int)
        case closed
    }

    private struct State {
        var phase = Phase.open
        var listeners: [any Channel] = []
        /// Accepted, but not set up yet.
        var arriving: Set<ObjectIdentifier> = []
        /// Kept as long as they are open, for a connection must not be dropped unserved.
        var present: [ObjectIdentifier: Connection] = [:]
        /// Whether a door was turned away, and waits to be told to read.
        var isFull = false
        var hasLostDoor = false

        var count: Int { arriving.count + present.count }
    }

    /// How many may be there beyond the limit: those that were told to make room, until they have gone.
    private static let mostLeaving = 64

    /// Every connection once, in the order in which they are ready to be served.
    let connections: AsyncStream<Connection>
    private let ready: AsyncStream<Connection>.Continuation
    private let idle: IdleConnections
    private let log: ConnectionLimitLog
    private let limit: @Sendable () -> Int
    private let state = Mutex(State())
    /// Of whoever has connections close: two at once would close twice as many.
    private let turn = Mutex(())

    /// - Parameter limit: of connections at once.
    init(idle: IdleConnections, log: ConnectionLimitLog, limit: @escaping @Sendable () -> Int) {
        self.idle = idle
        self.log = log
        self.limit = limit
        (connections, ready) = AsyncStream.makeStream()
    }

    // MARK: The doors

    /// Begins to accept, at all doors, which have not accepted yet.
    func open(_ listeners: [any Channel]) {
        // Nobody holds the idle but their gates, and these are gone when the listener is.
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

    /// Where nobody asked for it, nothing would ever be accepted there again: the listener stops, as it stops otherwise.
    private func hasClosed() {
        let isLost = state.withLock { state in
            guard case .open = state.phase else { return false }
            state.hasLostDoor = true
            return true
        }
        if isLost { close() }
    }

    /// Whether it stopped because a door had closed by itself.
    var hasLostDoor: Bool { state.withLock { $0.hasLostDoor } }

    /// Until the stop begins.
    var isOpen: Bool {
        state.withLock { state in
            if case .open = state.phase { true } else { false }
        }
    }

    /// Stops to accept, and ends every connection after its answer. ``connections`` ends when the last one is there.
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

    /// Closes doors and connections at once.
    func closeAtOnce() {
        let channels = state.withLock { state in
            state.phase = .closed
            return state.listeners + state.present.values.map(\.channel)
        }
        for channel in channels { channel.close(promise: nil) }
        ready.finish()
    }

    private func closeListenersIfIdle() {
        let leaving: (listeners: [any Channel], connections: [any Channel])? = state.withLock { state in
            guard case .closing(accepting: 0) = state.phase, state.arriving.isEmpty else { return nil }
            state.phase = .closed
            return (state.listeners, state.present.values.map(\.channel))
        }
        guard let leaving else { return }
        for listener in leaving.listeners { listener.close(promise: nil) }
        for connection in leaving.connections {
            connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        ready.finish()
    }

    // MARK: The connections

    /// Whether a door may accept; if not, it is told to read when it may.
    func admits() -> Bool {
        let limit = limit()
        let (admits, isFull) = state.withLock { state in
            guard case .open = state.phase else { return (false, false) }
            guard state.count >= limit else { return (true, false) }
            // Said first: whoever begins to wait from here on tells.
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

    /// Has as many idle connections close as there are too many: now, or as soon as they are idle.
    private func makeRoom() {
        let limit = limit()
        let closed = turn.withLock { _ in
            // In this order: whoever leaves in between is counted among those that leave, and not missed among the others.
            let leaving = idle.leaving
            let surplus = state.withLock { $0.count } - limit - leaving
            var closed = 0
            while closed < surplus, idle.closeLongest() { closed += 1 }
            if closed < surplus { _ = idle.hasAnyOrWillTell() }
            return closed
        }
        if closed > 0 { log.reached(limit: limit, closing: closed) }
    }

    func isReady(_ connection: Connection) {
        let id = ObjectIdentifier(connection.channel)
        let isWelcome = state.withLock { state in
            state.arriving.remove(id)
            state.present[id] = connection
            guard case .closed = state.phase else { return true }
            return false
        }
        guard isWelcome else { return connection.channel.close(promise: nil) }
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

    /// Tells the doors to ask again, if any was turned away: a connection has gone, or the limit is another one.
    func mayAdmitMore() {
        let listeners: [any Channel] = state.withLock { state in
            guard state.isFull, case .open = state.phase else { return [] }
            state.isFull = false
            return state.listeners
        }
        for listener in listeners { listener.read() }
    }
}
