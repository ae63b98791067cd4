import NIOCore
import Synchronization

/// The connections that wait for a request, in the order in which they began to wait: where there are as many as may be, the
/// one that has waited longest makes room for another.
///
/// A request costs two steps of a linked list, which lies in an array.
final class IdleConnections: Sendable {
    /// A connection's place, from its opening to its end.
    typealias Place = Int

    private struct Entry {
        let handler: NIOLoopBound<RequestHandler>
        let eventLoop: any EventLoop
        var standing = PaymentStanding.busy
        /// In the order of waiting.
        var previous: Place?
        var next: Place?
    }

    private enum PaymentStanding {
        case busy
        case idle
        /// It was told to make room.
        case leaving
    }

    private struct State {
        var entries: [Entry?] = []
        var free: [Place] = []
        /// Who has waited longest, and who has just begun to.
        var first: Place?
        var last: Place?
        var leaving = 0
        /// Whether somebody is to be told when another one waits.
        var isAwaited = false

        mutating func makeBusy(_ place: Place) {
            switch entries[place]?.standing {
            case .idle: unlink(place)
            case .leaving:
                leaving -= 1
                // It stays, so another one has to go.
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

    /// Names the one who is told that a connection waits, after ``hasAnyOrWillTell()`` said that none does.
    func whenAny(_ act: @escaping @Sendable () -> Void) {
        observer.withLock { $0 = act }
    }

    /// How many were told to make room, and are still there.
    var leaving: Int { state.withLock { $0.leaving } }

    /// Whether any connection waits. If not, whoever asks is told when one does.
    func hasAnyOrWillTell() -> Bool {
        state.withLock { state in
            state.isAwaited = state.first == nil
            return !state.isAwaited
        }
    }

    /// Has the connection close that has waited longest.
    ///
    /// - Returns: whether there is one.
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

    /// A connection was opened. It is busy until it is said to wait.
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

    /// A connection waits for a request.
    func isIdle(_ place: Place) {
        let isAwaited = state.withLock { state in
            guard state.entries[place]?.standing == .busy else { return false }
            state.link(place)
            defer { state.isAwaited = false }
            return state.isAwaited
        }
        if isAwaited { observer.withLock { $0 }?() }
    }

    /// A connection has a request to serve, or is closing.
    func isBusy(_ place: Place) {
        state.withLock { $0.makeBusy(place) }
    }

    /// A connection is there no longer.
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
