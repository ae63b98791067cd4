import Metrics
import Payments
import Telemetry

/// The single writer: takes the waiting requests, commits them as one transaction, and then resumes each caller.
///
/// It is unchecked because the compiler does not know that it is used only on the serial queue of the writing
/// connection.
final class Writer: @unchecked Sendable {
    private let store: any Store
    private let writeQueue: WriteQueue
    private var accounts: AccountRows
    private var targets: TargetRows
    private var schedule: PollSchedule
    private var quota: RejectionQuota
    /// Notified of what has been committed.
    private let signals: CommitSignals
    private let writeHealth: WriteHealth
    private var rejections = RejectedRows()
    /// How many rejected requests were dropped, by account, as far as the database does not count them yet.
    private var dropped: [String: Int] = [:]
    /// The schedule that the database records as the one in force.
    private var recorded: PollSchedule?
    /// The schedule that this receiver has had recorded. Another one may have recorded another since: whichever came last
    /// is in force for all, until a reload brings a new one.
    private var announced: PollSchedule?
    private let batchSize = Metrics.Recorder(label: Metric.batchSize.name)
    private let commitTime = Metrics.Timer(label: Metric.commitSeconds.name)
    private let queueDepth = Metrics.Gauge(label: Metric.queueDepth.name)

    init(
        store: any Store,
        writeQueue: WriteQueue,
        accounts: AccountRows,
        targets: TargetRows,
        schedule: PollSchedule,
        quota: RejectionQuota,
        signals: CommitSignals,
        writeHealth: WriteHealth,
        in statements: any Statements
    ) throws {
        self.store = store
        self.writeQueue = writeQueue
        self.accounts = accounts
        self.targets = targets
        self.schedule = schedule
        self.quota = quota
        self.signals = signals
        self.writeHealth = writeHealth
        recorded = try ScheduleRows.last(in: statements)?.schedule
    }

    /// Serves all waiting requests.
    ///
    /// - Throws: if the file must not be written again; then the queue is closed, and all waiting requests have failed
    ///   with an error.
    func runBatches(_ connection: any WritingConnection) throws(FatalLedgerError) {
        do throws(FatalLedgerError) {
            while let batch = writeQueue.next() {
                dropped.merge(batch.dropped, uniquingKeysWith: +)
                switch try runBatch(batch.requests[...], batch.rejections, connection) {
                case nil, .refused: break
                case .unavailable(let unavailableReason, let reason):
                    try handle(unavailableReason, reason, connection)
                case .fatal(let reason): throw FatalLedgerError(reason: reason)
                }
                queueDepth.record(writeQueue.count)
            }
        } catch {
            writeQueue.close()
            fail(writeQueue.dequeueAll()[...], .isUnwritable(reason: error.reason))
            throw error
        }
    }

    private func runBatch(
        _ requests: ArraySlice<WriteRequest>,
        _ rejections: [RejectedRequest],
        _ connection: any WritingConnection
    ) throws(FatalLedgerError) -> WriteFailure? {
        if let failure = commit(requests, connection) {
            drop(rejections)
            return failure
        }
        try connection.rest(isIdle: writeQueue.count == 0)
        return keep(rejections, connection)
    }

    /// Applies a new configuration from the next batch on. Only for the writer's queue.
    func reconfigure(accounts: AccountRows, targets: TargetRows, schedule: PollSchedule, quota: RejectionQuota) {
        self.accounts = accounts
        self.targets = targets
        self.schedule = schedule
        self.quota = quota
    }

    /// Commits a batch; if it fails because of one of its items, each is tried by itself, so that a poison message
    /// spoils only itself.
    ///
    /// - Returns: why nothing at all can be written; `nil` if something can.
    private func commit(_ requests: ArraySlice<WriteRequest>, _ connection: any WritingConnection) -> WriteFailure? {
        guard !requests.isEmpty else { return nil }
        do {
            let notifications = try measured(requests.count) { try transact(requests, connection) }
            // The next start does not find what was written to a file without a name.
            if let loss = store.loss {
                fail(requests, .isUnwritable(reason: loss))
                return .fatal(reason: loss)
            }
            for notify in notifications { notify() }
            return nil
        } catch {
            switch error as? WriteFailure {
            case .fatal(let reason), .unavailable(_, let reason):
                fail(requests, .isUnwritable(reason: reason))
                return error as? WriteFailure
            case .refused(let reason) where requests.count == 1:
                fail(requests, .isRefused(reason: reason))
                return nil
            case nil where requests.count == 1:
                fail(requests, error as? RecordingError ?? .isRefused(reason: "\(error)"))
                return nil
            case .refused, nil:
                return commitEach(of: requests, connection)
            }
        }
    }

    private func commitEach(of requests: ArraySlice<WriteRequest>, _ connection: any WritingConnection) -> WriteFailure?
    {
        for index in requests.indices {
            if let failure = commit(requests[index...index], connection) {
                fail(requests[(index + 1)...], .isUnwritable(reason: failure.reason))
                return failure
            }
        }
        return nil
    }

    private func fail(_ requests: ArraySlice<WriteRequest>, _ error: RecordingError) {
        for request in requests { request.refuse(error) }
    }

    /// Remembers why nothing can be written, and does what is needed the first time.
    private func handle(
        _ unavailableReason: UnavailableReason,
        _ reason: String,
        _ connection: any WritingConnection
    ) throws(FatalLedgerError) {
        switch unavailableReason {
        case .isLocked, .isDisconnected:
            // Requests that arrived meanwhile have waited as well: another wait for each batch of them would have no
            // bound.
            fail(writeQueue.dequeueAll()[...], .isUnwritable(reason: reason))
        case .diskIsFull, .diskIsReadOnly, .isUnwritable, .isShort: break
        }
        let isNew = writeHealth.failed(at: unavailableReason)
        if isNew, unavailableReason == .diskIsFull { try connection.makeRoom() }
    }

    /// Executes the requests as one transaction; returns what notifies each caller once it is durable.
    private func transact(
        _ requests: ArraySlice<WriteRequest>,
        _ connection: any WritingConnection
    ) throws -> [@Sendable () -> Void] {
        let statements = connection.statements
        var notifications: [@Sendable () -> Void] = []
        notifications.reserveCapacity(requests.count)
        var hasPollRequests = false
        var hasDeliveries = false
        var lastTransition: Int64?
        var provesRoom = false
        var rejectionsLeft = rejections
        var inForce = schedule
        try connection.transact(reading: expectedReads(of: requests)) {
            // An engine may run this again, after what was done is undone.
            notifications.removeAll(keepingCapacity: true)
            let last = store.isShared ? try ScheduleRows.last(in: statements)?.schedule : recorded
            inForce = store.isShared && announced == schedule ? last ?? schedule : schedule
            var transaction = try LedgerTransaction(
                statements: statements,
                accounts: accounts,
                targets: targets,
                schedule: inForce,
                rejections: rejections,
                isShared: store.isShared,
                looksUpAll: requests.count == 1
            )
            if store.isShared { transaction.rejections.forget() }
            if inForce != last { try ScheduleRows.record(inForce, at: transaction.position(), in: statements) }
            for request in requests { notifications.append(try request.work(&transaction)) }
            try transaction.finish()
            (hasPollRequests, provesRoom, rejectionsLeft) =
                (transaction.hasPollRequests, transaction.provesRoom, transaction.rejections)
            (hasDeliveries, lastTransition) = (transaction.hasDeliveries, transaction.lastTransition)
            if let lastTransition { try connection.ring(.transitions(upTo: lastTransition)) }
            if hasPollRequests { try connection.ring(.pollRequest) }
        }
        (recorded, announced) = (inForce, schedule)
        rejections = rejectionsLeft
        if provesRoom { writeHealth.succeeded() }
        if hasPollRequests { signals.pollRequested() }
        if let lastTransition { signals.transitionsCommitted(upTo: lastTransition) }
        if hasDeliveries || lastTransition != nil && targets.areNotified { signals.deliveryRequested() }
        return notifications
    }

    private func expectedReads(of requests: ArraySlice<WriteRequest>) -> [(reads: ExpectedReads, account: AccountRow)] {
        guard store.isShared else { return [] }
        return requests.compactMap { request in
            request.expected.flatMap { reads in accounts[reads.account].map { (reads, $0) } }
        }
    }

    /// Stores rejected requests as far as possible; no caller waits for them.
    private func keep(_ waiting: [RejectedRequest], _ connection: any WritingConnection) -> WriteFailure? {
        guard !waiting.isEmpty else { return nil }
        let before = rejections
        do {
            try connection.transact {
                rejections = before
                if store.isShared { rejections.forget() }
                try rejections.insert(
                    waiting,
                    dropped: dropped,
                    quota: quota,
                    accounts: accounts,
                    in: connection.statements
                )
            }
            dropped = [:]
            return nil
        } catch {
            rejections = before
            drop(waiting)
            return error as? WriteFailure
        }
    }

    private func drop(_ rejections: [RejectedRequest]) {
        for rejection in rejections { dropped[rejection.account, default: 0] += 1 }
    }

    private func measured<Output>(_ count: Int, _ work: () throws -> Output) rethrows -> Output {
        let clock = ContinuousClock()
        let start = clock.now
        let output = try work()
        commitTime.record(duration: clock.now - start)
        batchSize.record(count)
        return output
    }
}
