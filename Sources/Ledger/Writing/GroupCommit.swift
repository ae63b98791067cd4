import GRDB
import Payments
import ServiceLifecycle
import Synchronization

/// Group commit: whatever waits for the one writer becomes its next transaction, and each caller returns once that is durable.
///
/// It also decides what a failure means: what is in the way passes, or the file must not be written again and everything ends.
final class GroupCommit: Sendable {
    /// The delay before saving the files' contents is tried again.
    private static let savingPause = Duration.seconds(10)

    private let queue: DatabaseQueue
    private let requests: WriteQueue
    private let writer: Writer
    private let log: WriteAheadLog
    /// The files that SQLite writes, which may lose their names.
    private let files: OpenFiles
    private let failures: AsyncStream<String>
    private let failure: AsyncStream<String>.Continuation
    /// Why the file must not be written again.
    private let fatalError = Mutex<FatalLedgerError?>(nil)
    /// Why committed data is not where the next start looks for it; `nil` if it is.
    private let dataAtRisk = Mutex<String?>(nil)
    /// SQLite's count of what other connections have committed, as of the last check.
    private let dataVersion = Mutex<Int64?>(nil)

    let health = WriteHealth()

    /// - Parameters:
    ///   - descriptor: of the database's file.
    ///   - capacity: how many requests may wait at a time.
    ///   - pollRequests: is yielded to when something has been committed that is to be polled at once.
    init(
        at path: String,
        _ descriptor: DatabaseDescriptor,
        accounts: [LedgerAccount],
        schedule: PollSchedule,
        quota: RejectionQuota,
        capacity: Int,
        timeout: Duration,
        checkpointStep: Int,
        pollRequests: AsyncStream<Void>.Continuation
    ) throws {
        let queue = try Connection.open(at: path, timeout: timeout)
        let requests = WriteQueue(capacity: capacity)
        let files = try OpenFiles(of: descriptor, at: path)
        let log = try WriteAheadLog(of: descriptor, at: path, stepPages: checkpointStep)
        writer =
            try queue.writeWithoutTransaction { [health] database in
                log.watch(database)
                return try Writer(
                    writeQueue: requests,
                    log: log,
                    files: files,
                    accounts: try AccountRows(accounts, in: database),
                    schedule: schedule,
                    quota: quota,
                    pollRequests: pollRequests,
                    writeHealth: health,
                    in: database
                )
            }
        (self.queue, self.requests, self.files, self.log) = (queue, requests, files, log)
        (failures, failure) = AsyncStream.makeStream()
    }

    // MARK: Work for the writer

    /// Runs work in the writer's next transaction, and returns once it is durable.
    ///
    /// - Parameter onDurable: runs on the writer's queue before the next transaction begins.
    func perform<Output: Sendable>(
        isUrgent: Bool = false,
        onDurable: @escaping @Sendable (Output) -> Void = { _ in },
        _ work: @escaping @Sendable (inout LedgerTransaction) throws -> Output
    ) async throws(RecordingError) -> Output {
        let result: Result<Output, RecordingError> = await withCheckedContinuation { continuation in
            let request = WriteRequest(continuation, work, onDurable: onDurable)
            switch requests.enqueue(request, isUrgent: isUrgent) {
            case .success(let mustWake): if mustWake { wake() }
            case .failure(let error): request.refuse(error)
            }
        }
        return try result.get()
    }

    /// Queues a rejected request for storage; never waits.
    ///
    /// - Returns: whether it displaced no other rejection of the same sender.
    func refuse(_ rejection: RejectedRequest) -> Bool {
        guard let entry = requests.enqueue(rejection) else { return false }
        if entry.mustWake { wake() }
        return entry.isAlone
    }

    func resumeRejections(at now: Timestamp) {
        if requests.resumeRejections(at: now) { wake() }
    }

    /// Whether another request would be turned away.
    var isFull: Bool { requests.isFull }

    /// Writes the next batch by other settings. Only for the writer's queue: where something has just become durable.
    func reconfigure(accounts: AccountRows, schedule: PollSchedule, quota: RejectionQuota, capacity: Int) {
        writer.reconfigure(accounts: accounts, schedule: schedule, quota: quota)
        requests.resize(to: capacity)
    }

    private func wake() {
        queue.asyncWriteWithoutTransaction { [self] database in
            do throws(FatalLedgerError) {
                try writer.runBatches(database)
            } catch {
                end(because: error.reason)
            }
        }
    }

    // MARK: The file

    /// Reads on the writing connection.
    func read<Output: Sendable>(_ work: @escaping @Sendable (Database) throws -> Output) async throws -> Output {
        try await queue.writeWithoutTransaction(work)
    }

    /// The state of the write-ahead log; `nil` while its index cannot be read.
    ///
    /// Opening and closing the index file would drop the locks of this process on it. So the index is read where SQLite
    /// has it in memory, and the readers' locks are queried through SQLite's own descriptor.
    func logState() async throws -> WALState? {
        try await queue.writeWithoutTransaction { [self] _ in
            guard let index = log.index else { return nil }
            return WALState(index: index, readers: files.index.descriptors.first.map(WALReader.others(at:)) ?? [])
        }
    }

    /// Checks whether another program has touched the files since the last check; a long log is copied further in passing, even
    /// if no calls come in. If files are gone, nothing is recorded any more, and ``run(beforeClosing:)`` throws.
    func inspect() async throws -> ExternalWrite? {
        let externalWrite = try await queue.writeWithoutTransaction { [self] database -> ExternalWrite? in
            if let missing = files.missing { return .filesAreGone(missing) }
            do throws(FatalLedgerError) {
                try log.checkpointIfDue(database, isIdle: requests.count == 0)
            } catch {
                end(because: error.reason)
            }
            // It changes when another connection commits, and never when this one does.
            let version = try Int64.fetchOne(database, sql: "PRAGMA data_version")
            return dataVersion.withLock { known in
                defer { known = version }
                return known == nil || known == version ? nil : .foreignCommit
            }
        }
        if case .filesAreGone(let missing) = externalWrite { end(because: "\(missing)") }
        return externalWrite
    }

    // MARK: The end

    /// Holds the file until shutdown, then serves the remaining requests, empties the log and closes.
    ///
    /// - Throws: if the file must not be written again; the process has to end. If its files have lost their names, it
    ///   throws only after their contents have been saved, or at shutdown.
    func run(beforeClosing closeOthers: () throws -> Void) async throws {
        let hasFailed = await cancelWhenGracefulShutdown { [failures] in
            for await _ in failures { return true }
            return false
        }
        guard hasFailed else { return try await finish(beforeClosing: closeOthers) }
        await cancelWhenGracefulShutdown { [self] in
            await save()
            // The sleep fails only when cancelled: that is the shutdown, and then saving is tried once more.
            while unsaved != nil, (try? await Task.sleep(for: Self.savingPause)) != nil { await save() }
        }
        try await finish(beforeClosing: closeOthers)
    }

    /// Why committed data is not, or not yet, where the next start looks for it: the files have lost their names, and
    /// whatever is not saved when the process ends is lost. Nothing is acknowledged then. `nil` if the data is where it
    /// should be.
    var unsaved: String? { dataAtRisk.withLock { $0 } }

    /// Serves the remaining requests, empties the log and closes the connection.
    ///
    /// - Parameter closeOthers: closes the other connections of this process, so that this one is the last.
    /// - Throws: ``FatalLedgerError`` if the file must not be written again, including if that was so before: then it
    ///   is not touched.
    func finish(beforeClosing closeOthers: () throws -> Void) async throws {
        requests.close()
        do {
            try await queue.writeWithoutTransaction { [self] database in
                if let failure = fatalError.withLock({ $0 }) { throw failure }
                try writer.runBatches(database)
                if let missing = files.missing { throw FatalLedgerError(reason: "\(missing)") }
                writer.releaseStatements()
                try WriteAheadLog.finish(database)
            }
        } catch let failure as FatalLedgerError {
            end(because: failure.reason)
            if unsaved != nil { await save() }
            queue.abandon()
            throw fatalError.withLock { $0 } ?? failure
        }
        try closeOthers()
        try queue.close()
    }

    /// Stops recording, and makes ``run(beforeClosing:)`` throw.
    private func end(because reason: String) {
        requests.close()
        let isFirst = fatalError.withLock { fate in
            defer { fate = fate ?? FatalLedgerError(reason: reason) }
            return fate == nil
        }
        if isFirst, files.missing != nil { dataAtRisk.withLock { $0 = reason } }
        failure.yield(reason)
    }

    /// Brings committed data back to where the next start looks for it, whether or not the task is cancelled.
    private func save() async {
        await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { [self] database in
                save(from: database)
                continuation.resume()
            }
        }
    }

    private func save(from database: Database) {
        guard unsaved != nil else { return }
        // The files may have been put back.
        guard let missing = files.missing else { return dataAtRisk.withLock { $0 = nil } }
        do throws(SavingError) {
            let outcome = try files.save(missing, from: database)
            fatalError.withLock { $0?.outcome = outcome }
            dataAtRisk.withLock { $0 = nil }
        } catch {
            let outcome = "what it holds could not be saved: \(error)"
            fatalError.withLock { $0?.outcome = outcome }
            dataAtRisk.withLock { $0 = "\(missing), and \(outcome)" }
        }
    }
}

extension DatabaseQueue {
    /// Leaves the connection open until the process ends: closing it would write, and trust a second fsync.
    func abandon() {
        _ = Unmanaged.passRetained(self)
    }
}

/// The file must not be written again by this process: after an I/O error, the state of the disk is unknown.
package struct FatalLedgerError: Error, CustomStringConvertible {
    package let reason: String
    /// What happened to the committed data, if the files have lost their names.
    fileprivate(set) package var outcome: String?

    package var description: String {
        guard let outcome else {
            return
                """
                writes to the database can no longer be trusted (\(reason)); Paystate stops, and recovers at the next \
                start
                """
        }
        return "\(reason); Paystate stops, and \(outcome)"
    }
}
