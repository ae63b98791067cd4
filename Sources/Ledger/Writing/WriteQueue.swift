import Payments
import Synchronization

/// The bounded queue of everything that waits for the writer: what arrives while a batch is being committed forms the
/// next batch.
final class WriteQueue: Sendable {
    /// What the writer commits in one transaction.
    struct Batch {
        var requests: [WriteRequest]
        var rejections: [RejectedRequest]
        /// How many rejected requests were dropped since the previous batch, by account.
        var dropped: [String: Int]
    }

    private struct Contents {
        /// Urgent requests come first.
        var requests: [WriteRequest] = []
        var urgentCount = 0
        var rejections = RejectionQueue()
        /// How many requests may wait at a time.
        var capacity: Int
        var isServed = false
        /// How many requests of the last batch that was taken are not answered yet.
        var underWay = 0
        var isClosed = false

        var isFull: Bool { requests.count >= capacity }

        /// Returns whether the writer is idle, and marks it as woken.
        mutating func beginServing() -> Bool {
            defer { isServed = true }
            return !isServed
        }
    }

    private static let minimumBatch = 64
    private static let largestBatch = 512

    private let contents: Mutex<Contents>

    init(capacity: Int) {
        contents = Mutex(Contents(capacity: capacity))
    }

    var count: Int { contents.withLock { $0.requests.count } }
    /// How many requests wait to be answered: also those of the batch that is being committed.
    var unanswered: Int { contents.withLock { $0.requests.count + $0.underWay } }
    var isFull: Bool { contents.withLock { $0.isFull } }

    /// Requests that are already queued stay queued, even if the new capacity is smaller.
    func resize(to capacity: Int) {
        contents.withLock { $0.capacity = capacity }
    }

    /// Queues a request. Returns whether the writer has to be woken for it.
    ///
    /// - Parameter isUrgent: whether it goes ahead of ordinary requests and ignores the capacity. Only for rare callers
    ///   such as the heartbeat.
    func enqueue(_ request: WriteRequest, isUrgent: Bool) -> Result<Bool, RecordingError> {
        contents.withLock { contents in
            guard !contents.isClosed else { return .failure(.isClosed) }
            guard isUrgent || !contents.isFull else { return .failure(.queueIsFull) }
            if isUrgent {
                contents.requests.insert(request, at: contents.urgentCount)
                contents.urgentCount += 1
            } else {
                contents.requests.append(request)
            }
            return .success(contents.beginServing())
        }
    }

    /// Queues a rejected request; rejections never take up space that a good callback needs.
    ///
    /// - Returns: whether the writer has to be woken for it, and whether it displaced no other rejection of its sender;
    ///   `nil` if it is dropped.
    func enqueue(_ rejection: RejectedRequest) -> (mustWake: Bool, isAlone: Bool)? {
        contents.withLock { contents in
            guard !contents.isClosed else { return nil }
            let isAlone = contents.rejections.enqueue(rejection)
            return (contents.rejections.isReady && contents.beginServing(), isAlone)
        }
    }

    /// Releases as many of the queued rejections as the rate limit allows at this time.
    ///
    /// - Returns: whether the writer has to be woken for them.
    func resumeRejections(at now: Timestamp) -> Bool {
        contents.withLock { contents in
            contents.rejections.refill(at: now)
            return contents.rejections.isReady && contents.beginServing()
        }
    }

    /// The next batch, or `nil` if nothing waits: then the writer is idle until it is woken.
    func next() -> Batch? {
        contents.withLock { contents in
            let rejections = contents.rejections.take(all: contents.isClosed)
            contents.underWay = 0
            guard !contents.requests.isEmpty || !rejections.isEmpty else {
                contents.isServed = false
                return nil
            }
            // Half of a long queue, so that the senders of one half are answered, and send again, while the other is
            // committed.
            let size = max(Self.minimumBatch, contents.requests.count / 2)
            // A separate array: a slice would share the queue's storage, and cause the remaining requests to be copied.
            let requests = Array(contents.requests.prefix(min(size, Self.largestBatch)))
            contents.requests.removeFirst(requests.count)
            contents.urgentCount = max(0, contents.urgentCount - requests.count)
            contents.underWay = requests.count
            return Batch(requests: requests, rejections: rejections, dropped: contents.rejections.takeDropped())
        }
    }

    /// Removes all waiting requests without serving them.
    func dequeueAll() -> [WriteRequest] {
        contents.withLock { contents in
            defer { (contents.requests, contents.urgentCount) = ([], 0) }
            return contents.requests
        }
    }

    /// Accepts no more requests; those already queued are still served.
    func close() {
        contents.withLock { $0.isClosed = true }
    }
}

/// Work that waits to be committed, and its caller, which is told after its own batch is durable.
struct WriteRequest: Sendable {
    /// Runs in the transaction, and returns what tells the caller once the transaction is durable.
    let work: @Sendable (inout LedgerTransaction) throws -> @Sendable () -> Void
    /// What the work reads first, if that is known.
    let expected: ExpectedReads?
    /// Tells the caller that nothing was done.
    let refuse: @Sendable (RecordingError) -> Void

    /// - Parameter completion: runs on the writer's queue once the transaction is durable, before the next one begins; with an
    ///   error if nothing was done.
    init<Output: Sendable>(
        reading expected: ExpectedReads? = nil,
        _ work: @escaping @Sendable (inout LedgerTransaction) throws -> Output,
        completion: @escaping @Sendable (Result<Output, RecordingError>) -> Void
    ) {
        self.expected = expected
        self.work = { transaction in
            let output = try work(&transaction)
            return { completion(.success(output)) }
        }
        refuse = { completion(.failure($0)) }
    }
}
