import Payments
import Synchronization

/// Everything that waits for the writer, bounded: what comes while a batch is being committed is the next batch.
final class WaitingRoom: Sendable {
    /// What the writer takes in one transaction.
    struct Batch {
        var callers: [Caller]
        var refusals: [Refusal]
        /// How many refused requests are not kept, by account, since the batch before.
        var unkept: [String: Int]
    }

    private struct Contents {
        /// The urgent ones come first.
        var callers: [Caller] = []
        var urgentCount = 0
        var refusals = RefusalQueue()
        /// How many callers may wait at a time.
        var capacity: Int
        var isServed = false
        var isClosed = false

        var isFull: Bool { callers.count >= capacity }

        /// Tells whether the writer rests, and counts it as woken.
        mutating func beginService() -> Bool {
            defer { isServed = true }
            return !isServed
        }
    }

    private static let smallestCrowd = 32
    private static let largestBatch = 512

    private let contents: Mutex<Contents>

    init(capacity: Int) {
        contents = Mutex(Contents(capacity: capacity))
    }

    var count: Int { contents.withLock { $0.callers.count } }
    var isFull: Bool { contents.withLock { $0.isFull } }

    /// Who is in stays in, also where there is less room now.
    func resize(to capacity: Int) {
        contents.withLock { $0.capacity = capacity }
    }

    /// Lets a caller in. Tells whether the writer has to be woken for it.
    ///
    /// - Parameter isUrgent: whether it goes before all who are not, and finds a place however many wait; for who comes now and
    ///   then.
    func enter(_ caller: Caller, isUrgent: Bool) -> Result<Bool, RecordingError> {
        contents.withLock { contents in
            guard !contents.isClosed else { return .failure(.isClosed) }
            guard isUrgent || !contents.isFull else { return .failure(.queueIsFull) }
            if isUrgent {
                contents.callers.insert(caller, at: contents.urgentCount)
                contents.urgentCount += 1
            } else {
                contents.callers.append(caller)
            }
            return .success(contents.beginService())
        }
    }

    /// Lets a refusal wait for its turn; refusals never take a place that a good callback needs.
    ///
    /// - Returns: whether the writer has to be woken for it, and whether it came without another of its sender giving way;
    ///   `nil` if it is not kept.
    func enter(_ refusal: Refusal) -> (mustWake: Bool, isAlone: Bool)? {
        contents.withLock { contents in
            guard !contents.isClosed else { return nil }
            let isAlone = contents.refusals.enter(refusal)
            return (contents.refusals.isReady && contents.beginService(), isAlone)
        }
    }

    /// Lets as many of the refusals that wait go on as the pace allows at this time.
    ///
    /// - Returns: whether the writer has to be woken for them.
    func resumeRefusals(at now: Timestamp) -> Bool {
        contents.withLock { contents in
            contents.refusals.refill(at: now)
            return contents.refusals.isReady && contents.beginService()
        }
    }

    /// The next batch, or `nil` when nothing waits: then the writer rests until it is woken.
    func next() -> Batch? {
        contents.withLock { contents in
            let refusals = contents.refusals.take(all: contents.isClosed)
            guard !contents.callers.isEmpty || !refusals.isEmpty else {
                contents.isServed = false
                return nil
            }
            // Half of a crowd, so that the senders of one half are answered, and ask again, while the other is committed.
            let crowd = max(Self.smallestCrowd, contents.callers.count / 2)
            // An array of their own: a slice would share the queue's, and have all who stay copied.
            let callers = Array(contents.callers.prefix(min(crowd, Self.largestBatch)))
            contents.callers.removeFirst(callers.count)
            contents.urgentCount = max(0, contents.urgentCount - callers.count)
            return Batch(callers: callers, refusals: refusals, unkept: contents.refusals.takeUnkept())
        }
    }

    /// Sends away all who wait, unserved.
    func leave() -> [Caller] {
        contents.withLock { contents in
            defer { (contents.callers, contents.urgentCount) = ([], 0) }
            return contents.callers
        }
    }

    /// Lets nobody in any more; who is in is still served.
    func close() {
        contents.withLock { $0.isClosed = true }
    }
}
