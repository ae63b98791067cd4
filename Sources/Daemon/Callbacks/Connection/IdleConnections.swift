import NIOCore
import Synchronization

/// The connections that wait for a request, longest wait first: at the connection limit, the first one is closed for a
/// new one.
///
/// A request costs two operations on a linked list, which is stored in an array.
final class IdleConnections: Sendable {
    /// A connection's index, from its opening to its end.
    typealias Place = Int

    private struct Entry {
        let handler: NIOLoopBound<RequestHandler>
        let eventLoop: any EventLoop
        var standing = Standing.busy
        /// Neighbours in the order of waiting.
        var previous: Place?
        var next: Place?
    }

    private enum Standing {
        case busy
        case idle
        /// It was asked to make room.
        case leaving
    }

    private struct State {
        var entries: [Entry?] = []
        var free: [Place] = []
        /// The connection that has waited longest, and the one that began last.
        var first: Place?
        var last: Place?
        var leaving = 0
        /// Whether the observer is to be notified when a connection becomes idle.
        var isAwaited = false

        mutating func makeBusy(_ place: Place) {
            switch entries[place]?.standing {
            case .idle: unlink(place)
            case .leaving:
                leaving -= 1
                // It stays open, so another one has to go.
                isAwaited = true
            case .busy, nil: return
            }
            entries[place]?.standing = .busy
        }

        mutating func link(_ place: Place) {
            entries[place]?.standing = .idle
            entries[place]?.previous = last
            entries[place]?.next = nil
            if let last { entries[last]?.next = place } else { first = place }
            last = place
        }

        mutating func unlink(_ place: Place) {
            let (previous, next) = (entries[place]?.previous, entries[place]?.next)
            if let previous { entries[previous]?.next = next } else { first = next }
            if let next { entries[next]?.previous = previous } else { last = previous }
        }
    }

    private let state = Mutex(State())
    private let observer = Mutex<(@Sendable () -> Void)?>(nil)

    /// Sets the observer that is notified when a connection becomes idle, after ``hasAnyOrWillTell()`` returned false.
    func whenAny(_ act: @escaping @Sendable () -> Void) {
        observer.withLock { $0 = act }
    }

    /// The number of connections that were asked to make room and are still open.
    var leaving: Int { state.withLock { $0.leaving } }

    /// Whether any connection is idle. If not, the observer is notified when one becomes idle.
    func hasAnyOrWillTell() -> Bool {
        state.withLock { state in
            state.isAwaited = state.first == nil
            return !state.isAwaited
        }
    }

    /// Closes the connection that has waited longest.
    ///
    /// - Returns: whether there was one.
    func closeLongest() -> Bool {
        let longest: Entry? = state.withLock { state in
            guard let place = state.first, let entry = state.entries[place] else { return nil }
            state.unlink(place)
            state.entries[place]?.standing = .leaving
            state.leaving += 1
            return entry
        }
        guard let longest else { return false }
        longest.eventLoop.execute { longest.handler.value.makeRoom() }
        return true
    }

    /// Adds an opened connection, which is busy until ``isIdle(_:)``.
    func opened(_ handler: NIOLoopBound<RequestHandler>, on eventLoop: any EventLoop) -> Place {
        let entry = Entry(handler: handler, eventLoop: eventLoop)
        return state.withLock { state in
            if let place = state.free.popLast() {
                state.entries[place] = entry
                return place
            }
            state.entries.append(entry)
            return state.entries.count - 1
        }
    }

    /// Marks a connection as waiting for a request.
    func isIdle(_ place: Place) {
        let isAwaited = state.withLock { state in
            guard state.entries[place]?.standing == .busy else { return false }
            state.link(place)
            defer { state.isAwaited = false }
            return state.isAwaited
        }
        if isAwaited { observer.withLock { $0 }?() }
    }

    /// Marks a connection as serving a request, or as closing.
    func isBusy(_ place: Place) {
        state.withLock { $0.makeBusy(place) }
    }

    /// Removes a closed connection.
    func closed(_ place: Place) {
        state.withLock { state in
            switch state.entries[place]?.standing {
            case .idle: state.unlink(place)
            case .leaving: state.leaving -= 1
            case .busy, nil: break
            }
            state.entries[place] = nil
            state.free.append(place)
        }
    }
}
