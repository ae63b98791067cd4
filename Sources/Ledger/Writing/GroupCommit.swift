import Payments
import ServiceLifecycle
import Synchronization

/// Group commit: whatever waits for the one writer becomes its next transaction, and each caller returns once that is durable.
///
/// It also decides what a failure means: what is in the way passes, or the file must not be written again and everything ends.
final class GroupCommit: Sendable {
    /// The delay before saving the files' contents is tried again.
    private static let savingPause = Duration.seconds(10)

    private let store: any Store
    private let requests: WriteQueue
    private let writer: Writer
    private let failures: AsyncStream<String>
    private let failure: AsyncStream<String>.Continuation
    /// Why the file must not be written again.
    private let fatalError = Mutex<FatalLedgerError?>(nil)
    /// Why committed data is not where the next start looks for it; `nil` if it is.
    private let dataAtRisk = Mutex<String?>(nil)

    let health = WriteHealth()

    /// - Parameters:
    ///   - capacity: how many requests may wait at a time.
    ///   - targets: `nil` leaves the targets as the last daemon has configured them.
    ///   - signals: is told of what has been committed.
    init(
        in store: any Store,
        accounts: [LedgerAccount],
        targets: [DeliveryTarget]?,
        schedule: PollSchedule,
        quota: RejectionQuota,
        capacity: Int,
        signals: CommitSignals
    ) throws {
        let requests = WriteQueue(capacity: capacity)
        (self.store, self.requests) = (store, requests)
        writer = try store.prepare { [health] connection in
            var rows: (AccountRows, TargetRows)?
            try connection.transact {
                let accounts = try AccountRows(accounts, in: connection.statements)
                rows = (accounts, try TargetRows(targets, of: accounts, in: connection.statements))
            }
            guard let rows else { preconditionFailure("the transaction ran") }
            return try Writer(
                store: store,
                writeQueue: requests,
                accounts: rows.0,
                targets: rows.1,
                schedule: schedule,
                quota: quota,
                signals: signals,
                writeHealth: health,
                in: connection.statements
            )
        }
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
            let request = WriteRequest(work) { result in
                if case .success(let output) = result { onDurable(output) }
                continuation.resume(returning: result)
            }
            submit(request, isUrgent: isUrgent)
        }
        return try result.get()
    }

    /// Has a request served in the writer's next transaction.
    ///
    /// - Parameter isUrgent: whether it goes ahead of ordinary requests, and ignores the capacity.
    func submit(_ request: WriteRequest, isUrgent: Bool = false) {
        switch requests.enqueue(request, isUrgent: isUrgent) {
        case .success(let mustWake): if mustWake { wake() }
        case .failure(let error): request.refuse(error)
        }
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

    /// How many requests wait to be committed, or are being committed.
    var unanswered: Int { requests.unanswered }

    /// Writes the next batch by other settings. Only for the writer's queue: where something has just become durable.
    func reconfigure(
        accounts: AccountRows,
        targets: TargetRows,
        schedule: PollSchedule,
        quota: RejectionQuota,
        capacity: Int
    ) {
        writer.reconfigure(accounts: accounts, targets: targets, schedule: schedule, quota: quota)
        requests.resize(to: capacity)
    }

    private func wake() {
        store.enqueue { [self] connection in
            do throws(FatalLedgerError) {
                try writer.runBatches(connection)
            } catch {
                end(because: error.reason)
            }
        }
    }

    /// Checks whether another program has touched the files since the last check. If files are gone, nothing is recorded
    /// any more, and ``run()`` throws.
    func inspect() async throws -> ExternalWrite? {
        let externalWrite = try await store.write { [self] connection -> ExternalWrite? in
            do {
                return try connection.inspect(isIdle: requests.count == 0)
            } catch let failure as FatalLedgerError {
                end(because: failure.reason)
                return nil
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
    func run() async throws {
        let hasFailed = await cancelWhenGracefulShutdown { [failures] in
            for await _ in failures { return true }
            return false
        }
        guard hasFailed else { return try await finish() }
        await cancelWhenGracefulShutdown { [self] in
            await save()
            // The sleep fails only when cancelled: that is the shutdown, and then saving is tried once more.
            while unsaved != nil, (try? await Task.sleep(for: Self.savingPause)) != nil { await save() }
        }
        try await finish()
    }

    /// Why committed data is not, or not yet, where the next start looks for it: the files have lost their names, and
    /// whatever is not saved when the process ends is lost. Nothing is acknowledged then. `nil` if the data is where it
    /// should be.
    var unsaved: String? { dataAtRisk.withLock { $0 } }

    /// Serves the remaining requests, and closes the store.
    ///
    /// - Throws: ``FatalLedgerError`` if the file must not be written again, including if that was so before: then it
    ///   is not touched.
    func finish() async throws {
        requests.close()
        do {
            try await store.write { [self] connection in
                if let failure = fatalError.withLock({ $0 }) { throw failure }
                try writer.runBatches(connection)
                if let loss = store.loss { throw FatalLedgerError(reason: loss) }
                try connection.finish()
            }
        } catch let failure as FatalLedgerError {
            end(because: failure.reason)
            if unsaved != nil { await save() }
            store.abandon()
            throw fatalError.withLock { $0 } ?? failure
        }
        try store.close()
    }

    /// Stops recording, and makes ``run()`` throw.
    private func end(because reason: String) {
        requests.close()
        let isFirst = fatalError.withLock { fate in
            defer { fate = fate ?? FatalLedgerError(reason: reason) }
            return fate == nil
        }
        if isFirst, store.loss != nil { dataAtRisk.withLock { $0 = reason } }
        failure.yield(reason)
    }

    /// Brings committed data back to where the next start looks for it, whether or not the task is cancelled.
    private func save() async {
        await withCheckedContinuation { continuation in
            store.enqueue { [self] connection in
                save(from: connection)
                continuation.resume()
            }
        }
    }

    private func save(from connection: any WritingConnection) {
        guard unsaved != nil else { return }
        do throws(SavingError) {
            // The files may have been put back.
            if let outcome = try connection.save() { fatalError.withLock { $0?.outcome = outcome } }
            dataAtRisk.withLock { $0 = nil }
        } catch {
            let outcome = "what it holds could not be saved: \(error)"
            fatalError.withLock { $0?.outcome = outcome }
            dataAtRisk.withLock { $0 = store.loss.map { "\($0), and \(outcome)" } ?? outcome }
        }
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
