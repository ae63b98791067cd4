package import Payments
import ServiceLifecycle
import Synchronization

/// The ledger: every payment's state, and the evidence for it, in one database with one writer at a time.
package final class Ledger: Service {
    /// Where it is, with all links of a path resolved.
    package var location: LedgerLocation { store.location }
    let store: any Store
    let leases: Leases
    let commits: GroupCommit
    let duePolls: DuePolls
    let isPruning = Atomic(false)
    let signals = CommitSignals()
    /// The targets that are configured.
    let configuredTargets: Mutex<[DeliveryTarget.ID: DeliveryTarget]>
    let readerOfDeliveries: LazyReader

    /// Opens the database for writing; only one ledger at a time can hold a file, any number can share a server's.
    ///
    /// - Parameters:
    ///   - targets: whom callbacks are passed on to, and who is told of transitions; `nil` leaves them as they are.
    ///   - capacity: how many requests may wait for the writer at a time.
    ///   - timeout: how long to wait for another program's lock on the database before waiting requests fail.
    ///   - checkpointStep: how many pages of a long log are copied into the database at a time.
    package init(
        at location: LedgerLocation,
        accounts: [LedgerAccount],
        targets: [DeliveryTarget]? = nil,
        schedule: PollSchedule,
        quota: RejectionQuota,
        capacity: Int,
        timeout: Duration = .seconds(5),
        checkpointStep: Int = WriteAheadLog.stepPages
    ) throws(LedgerError) {
        let store: any Store =
            switch location {
            case .file(let path): try SQLiteStore(at: path, timeout: timeout, checkpointStep: checkpointStep)
            case .postgreSQL(let address): try PostgreSQLStore(address)
            }
        self.store = store
        readerOfDeliveries = LazyReader { try store.makeReader() }
        configuredTargets = Mutex(Self.byID(targets ?? []))
        leases = Leases(isShared: store.isShared)
        do {
            commits = try GroupCommit(
                in: store,
                accounts: accounts,
                targets: targets,
                schedule: schedule,
                quota: quota,
                capacity: capacity,
                signals: signals
            )
        } catch let error as GatewayMismatch {
            throw .otherGateway(error)
        } catch {
            throw LedgerError(error, at: store.location)
        }
        duePolls = DuePolls(reader: store.reader)
        store.listen { [signals] in signals.heard($0) }
    }

    static func byID(_ targets: [DeliveryTarget]) -> [DeliveryTarget.ID: DeliveryTarget] {
        Dictionary(targets.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Opens another connection that reads beside the writer.
    package func makeReader() throws(LedgerError) -> LedgerReader {
        LedgerReader(reader: try store.makeReader())
    }

    /// Opens another connection that reads beside the writer, when it is first used.
    package func makeLazyReader() -> LedgerReader {
        LedgerReader(reader: LazyReader { [store] in try store.makeReader() })
    }

    /// Records an authentic callback, and returns once it is durable.
    ///
    /// - Throws: if nothing was recorded, or it is unknown whether anything was; the sender must send it again.
    package func record(_ callback: ReceivedCallback) async throws(RecordingError) -> RecordResult {
        let result = await withCheckedContinuation { continuation in
            record(callback) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Records an authentic callback; returns at once.
    ///
    /// - Parameter completion: runs on the writer's queue once it is durable, and must be quick; with an error if nothing was
    ///   recorded, or it is unknown whether anything was.
    package func record(
        _ callback: ReceivedCallback,
        completion: @escaping @Sendable (Result<RecordResult, RecordingError>) -> Void
    ) {
        let expected = store.isShared ? ExpectedReads(callback) : nil
        commits.submit(WriteRequest(reading: expected, { try $0.record(callback) }, completion: completion))
    }

    /// Records the result of a poll, and returns once it is durable.
    package func record(_ answer: PollRecord) async throws(RecordingError) -> PollOutcome {
        try await perform { try $0.record(answer) }
    }

    /// Carries out an instruction, and returns once its changes are durable. Repeating it changes nothing more.
    package func instruct(_ instruction: Instruction) async throws(InstructionError) -> InstructionResult {
        let result: Result<InstructionResult, InstructionError>
        do throws(RecordingError) {
            result = try await perform { try $0.follow(instruction) }
        } catch {
            throw .notRecorded(error)
        }
        return try result.get()
    }

    /// Shows in `account_health` that an account's gateway is not polled for a while, or is polled again.
    package func pause(_ account: String, until end: Timestamp?, reason: PollOutcome?) async throws(RecordingError) {
        try await perform { try $0.pause(account, until: end, reason: reason) }
    }

    /// Plans polls again that a clock which ran ahead has planned for later than a correct one would, each for its own
    /// reason; also those that a longer schedule planned before it was replaced by this one.
    ///
    /// All plans are examined, in portions, beside the writer; new plans are written in small transactions, because
    /// callbacks wait meanwhile. To be called only with reason: at the start, and after a clock was set back.
    ///
    /// - Returns: how many polls have another plan now.
    @discardableResult
    package func recall(by schedule: PollSchedule, at now: Timestamp) async throws -> Int {
        var count = 0
        for account in try await duePolls.accountNames() {
            count += try await recall(account, by: schedule, at: now)
        }
        return count
    }

    /// The same for one account.
    package func recall(_ account: String, by schedule: PollSchedule, at now: Timestamp) async throws -> Int {
        var count = 0
        for kind in DuePolls.Kind.allCases {
            var position: DuePolls.Position? = .init(nextPollAt: now.milliseconds)
            while let current = position {
                let found = try await duePolls.suspects(
                    kind,
                    of: account,
                    after: current,
                    by: schedule,
                    at: now
                )
                for start in stride(from: 0, to: found.suspects.count, by: Self.recalledAtOnce) {
                    let some = Array(found.suspects[start...].prefix(Self.recalledAtOnce))
                    count += try await perform { try $0.recall(some, at: now) }
                }
                position = found.next
            }
        }
        return count
    }

    private static let recalledAtOnce = 200

    /// Queues a rejected request for storage, as far as the quotas, the rate limit and the other rejections of its
    /// account and sender allow; never waits.
    ///
    /// - Returns: whether it displaced no other rejection of the same sender: a sender whose rejections are displaced
    ///   is flooding.
    package func refuse(_ rejection: RejectedRequest) -> Bool {
        commits.refuse(rejection)
    }

    /// Resumes writing the queued rejected requests, whose rate is limited.
    package func resumeRejections(at now: Timestamp) {
        commits.resumeRejections(at: now)
    }

    /// Proves that the database can be written, by writing; after a failed write, by writing as much as a callback may
    /// need. The probe is part of the next batch, however many callbacks wait: it is to show the writer's condition,
    /// not the length of the queue.
    ///
    /// - Returns: the time that was stored, a little later than `now` if another probe came first: a reader that sees
    ///   an earlier time does not see what was written.
    @discardableResult
    package func probe(at now: Timestamp) async throws(RecordingError) -> Timestamp {
        let weight = commits.health.unavailableReason == nil ? 0 : 256 << 10
        return try await perform(isUrgent: true) { try $0.touch(at: now, weight: weight) }
    }

    /// How many requests wait for their commit: while they are many, other work had better wait.
    package var unansweredRequests: Int { commits.unanswered }

    /// Whether another request would be turned away.
    package var isFull: Bool { commits.isFull }

    /// Holds the file until shutdown, then serves the remaining requests, empties the log and closes.
    ///
    /// - Throws: if the file must not be written again; the process has to end. If its files have lost their names, it
    ///   throws only after their contents have been saved, or at shutdown.
    package func run() async throws {
        try await commits.run()
    }

    /// Serves the remaining requests, empties the log and closes.
    ///
    /// - Throws: ``FatalLedgerError`` if the file must not be written again, including if that was so before: then it
    ///   is not touched.
    package func finish() async throws {
        try await commits.finish()
    }

    /// Why committed data is not, or not yet, where the next start looks for it: the files have lost their names, and
    /// whatever is not saved when the process ends is lost. Nothing is acknowledged then. `nil` if the data is where it
    /// should be.
    package var unsaved: String? { commits.unsaved }

    /// Checks whether another program has touched the files since the last check. A checkpoint by another program
    /// cannot be detected, nor can one that writes to the file without SQLite.
    ///
    /// If files are gone, nothing is recorded any more, and ``run()`` throws.
    package func inspect() async throws -> ExternalWrite? { try await commits.inspect() }

    /// Runs work in the writer's next transaction, and returns once it is durable.
    func perform<Output: Sendable>(
        isUrgent: Bool = false,
        _ work: @escaping @Sendable (inout LedgerTransaction) throws -> Output
    ) async throws(RecordingError) -> Output {
        try await commits.perform(isUrgent: isUrgent, work)
    }
}
