import Payments
import Synchronization

/// Everything that waits for the writer, bounded: what comes while a batch is being committed is the next batch.
final class WriteQueue: Sendable {
    /// What the writer takes in one transaction.
    struct Batch {
        var requests: [WriteRequest]
        var rejections: [RejectedRequest]
        /// How many refused requests are not kept, by account, since the batch before.
        var dropped: [String: Int]
    }

    private struct Contents {
        /// The urgent ones come first.
        var requests: [WriteRequest] = []
        var urgentCount = 0
        var rejections = RejectionQueue()
        /// How many callers may wait at a time.
        var capacity: Int
        var isServed = false
        var isClosed = false

        var isFull: Bool { requests.count >= capacity }

        /// Tells whether the writer rests, and counts it as woken.
        mutating func beginServing() -> Bool {
            defer { isServed = true }
            return !isServed
        }
    }

    private static let minimumBatch = 32
    private static let largestBatch = 512

    private let contents: Mutex<Contents>

    init(capacity: Int) {
        contents = Mutex(Contents(capacity: capacity))
    }

    var count: Int { contents.withLock { $0.requests.count } }
    var isFull: Bool { contents.withLock { $0.isFull } }

    /// Who is in stays in, also where there is less room now.
    func resize(to capacity: Int) {
        contents.withLock { $0.capacity = capacity }
    }

    /// Lets a caller in. Tells whether the writer has to be woken for it.
    ///
    /// - Parameter isUrgent: whether it goes before all who are not, and finds a place however many wait; for who comes now and
    ///   then.
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

    /// Lets a refusal wait for its turn; refusals never take a place that a good callback needs.
    ///
    /// - Returns: whether the writer has to be woken for it, and whether it came without another of its sender giving way;
    ///   `nil` if it is not kept.
    func enqueue(_ rejection: RejectedRequest) -> (mustWake: Bool, isAlone: Bool)? {
        contents.withLock { contents in
            guard !contents.isClosed else { return nil }
            let isAlone = contents.rejections.enqueue(rejection)
            return (contents.rejections.isReady && contents.beginServing(), isAlone)
        }
    }

    /// Lets as many of the refusals that wait go on as the pace allows at this time.
    ///
    /// - Returns: whether the writer has to be woken for them.
    func resumeRejections(at now: Timestamp) -> Bool {
        contents.withLock { contents in
            contents.rejections.refill(at: now)
            return contents.rejections.isReady && contents.beginServing()
        }
    }

    /// The next batch, or `nil` when nothing waits: then the writer rests until it is woken.
    func next() -> Batch? {
        contents.withLock { contents in
            let rejections = contents.rejections.take(all: contents.isClosed)
            guard !contents.requests.isEmpty || !rejections.isEmpty else {
                contents.isServed = false
                return nil
            }
            // Half of a crowd, so that the senders of one half are answered, and ask again, while the other is committed.
            let size = max(Self.minimumBatch, contents.requests.count / 2)
            // An array of their own: a slice would share the queue's, and have all who stay copied.
            let requests = Array(contents.requests.prefix(min(size, Self.largestBatch)))
            contents.requests.removeFirst(requests.count)
            contents.urgentCount = max(0, contents.urgentCount - requests.count)
            return Batch(requests: requests, rejections: rejections, dropped: contents.rejections.takeDropped())
        }
    }

    /// Sends away all who wait, unserved.
    func dequeueAll() -> [WriteRequest] {
        contents.withLock { contents in
            defer { (contents.requests, contents.urgentCount) = ([], 0) }
            return contents.requests
        }
    }

    /// Lets nobody in any more; who is in is still served.
    func close() {
        contents.withLock { $0.isClosed = true }
    }
}

/// Work that waits to be committed, and whoever waits for it: resumed after its own batch is durable.
struct WriteRequest: Sendable {
    /// Runs in the transaction, and returns what resumes the caller once the transaction is durable.
    let work: @Sendable (inout LedgerTransaction) throws -> @Sendable () -> Void
    /// Resumes the caller: nothing was done.
    let refuse: @Sendable (RecordingError) -> Void

    /// - Parameter onDurable: runs on the writer's queue once the transaction is durable, before the next one begins.
    init<Output: Sendable>(
        _ continuation: CheckedContinuation<Result<Output, RecordingError>, Never>,
        _ work: @escaping @Sendable (inout LedgerTransaction) throws -> Output,
        onDurable: @escaping @Sendable (Output) -> Void = { _ in }
    ) {
        self.work = { transaction in
            let output = try work(&transaction)
            return {
                onDurable(output)
                continuation.resume(returning: .success(output))
            }
        }
        refuse = { continuation.resume(returning: .failure($0)) }
    }
}
