import NIOCore
import NIOPosix
import Synchronization

/// Limits how many callbacks are authenticated at a time, and shares the turns among their senders.
///
/// A stranger's request costs processor time before anything is known about it: parsing, sorting, HMAC. When more
/// callbacks arrive than there are places, senders take turns, measured in bytes: each sender is hashed to a lane, and
/// the lane that has been served least goes next (stochastic fair queueing). So no sender fills the queue alone. Half
/// of all turns go to senders who have proved a callback before, so that a crowd of strangers cannot keep a gateway out
/// either.
///
/// The queue is bounded: beyond that, the lane with the most waiting bytes loses its last request.
package final class FairQueue: Sendable {
    package typealias Turn = @Sendable (_ isIn: Bool) -> Void

    private static let mostProved = 1024
    /// The cost of a callback besides its bytes, in bytes.
    private static let requestCost = 1024

    private let places: Int
    private let mostBytes: Int
    private let hash: @Sendable (String) -> Int
    private let isAlone = System.coreCount == 1
    private let state = Mutex(State())

    /// - Parameters:
    ///   - places: how many are authenticated at a time, besides one from a sender who has proved a callback before.
    ///     One fewer than there are cores leaves one core for that sender and for everything else.
    ///   - mostBytes: the most bytes of bodies that wait, separately for senders who have proved a callback before and
    ///     for strangers. A core authenticates that many bytes of the most expensive callbacks in about two seconds.
    ///   - hash: the hash of a sender, which determines its lane. Swift's own hash is seeded differently in every
    ///     process, so no sender can choose a lane.
    package init(
        places: Int = max(1, System.coreCount - 1),
        mostBytes: Int = 16 << 20,
        hash: @escaping @Sendable (String) -> Int = { $0.hashValue }
    ) {
        self.places = places
        self.mostBytes = mostBytes
        self.hash = hash
    }

    /// The number of callbacks that wait for a place.
    package var waiting: Int { state.withLock { $0.waiting } }

    /// The largest body that is authenticated where it came in: it takes less than a millisecond.
    private static let smallBody = 8 << 10

    /// Calls back with a place, which must be left again, or without one, if too much is waiting already.
    ///
    /// A sender who has proved a callback before goes ahead on the caller's own thread, if there is a place and its body is small:
    /// to change threads would cost as much as half of the work. Everybody else is served by other threads, so that an event loop
    /// is never held up by strangers; on a single core everybody is, so that all who wait show up, and take turns.
    package func enter(_ sender: String, bytes: Int, _ turn: @escaping Turn) {
        let (entry, refused) = state.withLock { state in
            state.enter(
                Waiter(cost: bytes + Self.requestCost, hash: hash(sender), turn: turn),
                sender,
                of: places,
                mostBytes
            )
        }
        for turn in refused { turn(false) }
        switch entry {
        case .proved where bytes <= Self.smallBody && !isAlone: turn(true)
        case .proved, .stranger: Self.serve(turn)
        case .waits: break
        }
    }

    /// Gives the place to the next in turn.
    ///
    /// - Parameter proved: the sender, if the callback turned out to be the gateway's.
    package func leave(_ proved: String? = nil) {
        let next = state.withLock { state in
            if let proved, !state.proved.contains(proved) {
                // A sender evicted from a full set is back after its next callback.
                if state.proved.count >= Self.mostProved { state.proved.removeFirst() }
                state.proved.insert(proved)
            }
            return state.next(of: places)
        }
        if let next { Self.serve(next) }
    }

    private static func serve(_ turn: @escaping Turn) {
        NIOThreadPool.singleton.submit { _ in turn(true) }
    }

    private enum Entry {
        /// Has a place, and has proved a callback before.
        case proved
        case stranger
        case waits
    }

    private struct State {
        private var busy = 0
        private var known = Group()
        private var strangers = Group()
        /// Senders who have proved a callback.
        var proved: Set<String> = []

        /// Takes a place, or has a callback wait for one. A sender who has proved a callback before may take one extra place:
        /// strangers never have all cores.
        ///
        /// - Returns: the turns that are refused for lack of room, too; the new one may be among them.
        mutating func enter(
            _ waiter: @autoclosure () -> Waiter,
            _ sender: String,
            of places: Int,
            _ mostBytes: Int
        ) -> (Entry, [Turn]) {
            let isKnown = proved.contains(sender)
            guard busy < places || busy == places && isKnown else {
                return (.waits, wait(waiter(), isKnown: isKnown, mostBytes))
            }
            busy += 1
            return (isKnown ? .proved : .stranger, [])
        }

        private mutating func wait(_ waiter: Waiter, isKnown: Bool, _ mostBytes: Int) -> [Turn] {
            if isKnown {
                if known.isEmpty { known.served = max(known.served, strangers.served) }
                return known.add(waiter, mostBytes)
            }
            if strangers.isEmpty { strangers.served = max(strangers.served, known.served) }
            return strangers.add(waiter, mostBytes)
        }

        var waiting: Int { known.waiting + strangers.waiting }

        /// The next to take the place that was left; `nil` if the place becomes free.
        mutating func next(of places: Int) -> Turn? {
            if known.isEmpty, strangers.isEmpty || busy > places {
                busy -= 1
                return nil
            }
            let isKnown = busy > places || strangers.isEmpty || (!known.isEmpty && known.served <= strangers.served)
            return isKnown ? known.next() : strangers.next()
        }
    }

    private struct Waiter {
        let cost: Int
        let hash: Int
        let turn: Turn
    }

    private struct Lane {
        var waiters = CircularBuffer<Waiter>(initialCapacity: 1)
        /// The cost of all callbacks waiting in the lane.
        var cost = 0
        /// The cost served so far, on the clock of its group: a lane that starts late has no claim to what others had
        /// before.
        var served = 0
    }

    private struct Group {
        private var lanes = Array(repeating: Lane(), count: 64)
        private var cost = 0
        private var clock = 0
        /// The cost served so far, as for lanes.
        var served = 0

        var isEmpty: Bool { cost == 0 }

        var waiting: Int { lanes.reduce(0) { $0 + $1.waiters.count } }

        mutating func add(_ waiter: Waiter, _ most: Int) -> [Turn] {
            let own = Int(UInt(bitPattern: waiter.hash) % UInt(lanes.count))
            var refused: [Turn] = []
            while cost + waiter.cost > most, !isEmpty {
                let largest = lanes.indices.max { lanes[$0].cost < lanes[$1].cost } ?? own
                guard lanes[own].cost + waiter.cost < lanes[largest].cost,
                    let last = lanes[largest].waiters.popLast()
                else { return refused + [waiter.turn] }
                lanes[largest].cost -= last.cost
                cost -= last.cost
                refused.append(last.turn)
            }
            if lanes[own].waiters.isEmpty { lanes[own].served = max(lanes[own].served, clock) }
            lanes[own].waiters.append(waiter)
            lanes[own].cost += waiter.cost
            cost += waiter.cost
            return refused
        }

        mutating func next() -> Turn? {
            var least: Int?
            for lane in lanes.indices where !lanes[lane].waiters.isEmpty {
                if least.map({ lanes[lane].served < lanes[$0].served }) ?? true { least = lane }
            }
            guard let lane = least, let first = lanes[lane].waiters.popFirst() else { return nil }
            clock = lanes[lane].served
            lanes[lane].cost -= first.cost
            lanes[lane].served += first.cost
            cost -= first.cost
            served += first.cost
            return first.turn
        }
    }
}
