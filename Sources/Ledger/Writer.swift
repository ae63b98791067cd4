import GRDB
import Metrics
import Payments

/// The one writer: takes what waits, commits it as one transaction, and then tells each caller.
///
/// It is unchecked because the compiler does not know that it is used on the serial queue of the writing connection alone.
final class Writer: @unchecked Sendable {
    private let room: WaitingRoom
    private let log: WriteAheadLog
    private let files: HeldFiles
    private var accounts: AccountRows
    private var schedule: PollSchedule
    private var quota: RefusalQuota
    /// Is told when something has been committed that is to be asked about at once.
    private let pollRequests: AsyncStream<Void>.Continuation
    private let lastWrite: LastWrite
    private var refusals: RefusalRows
    /// How many refused requests are not kept, by account, which the database does not say yet.
    private var unkept: [String: Int] = [:]
    /// The schedule that the database says is in force.
    private var noted: PollSchedule?
    private var prepared: Statements?
    private let batchSize = Metrics.Recorder(label: "paystate_batch_size")
    private let commitTime = Metrics.Timer(label: "paystate_commit_seconds")
    private let queueDepth = Metrics.Gauge(label: "paystate_queue_depth")

    init(
        room: WaitingRoom,
        log: WriteAheadLog,
        files: HeldFiles,
        accounts: AccountRows,
        schedule: PollSchedule,
        quota: RefusalQuota,
        pollRequests: AsyncStream<Void>.Continuation,
        lastWrite: LastWrite,
        in database: Database
    ) throws {
        self.room = room
        self.log = log
        self.files = files
        self.accounts = accounts
        self.schedule = schedule
        self.quota = quota
        self.pollRequests = pollRequests
        self.lastWrite = lastWrite
        refusals = try RefusalRows(in: database)
        noted = try ScheduleRows.last(in: Statements(database))?.schedule
    }

    /// Serves all that waits.
    ///
    /// - Throws: if the file must not be written again; nobody is let in any more then, and everybody has been told to come
    ///   again.
    func serve(_ database: Database) throws(LedgerFailure) {
        let statements = prepared ?? Statements(database)
        prepared = statements
        do throws(LedgerFailure) {
            while let batch = room.next() {
                unkept.merge(batch.unkept, uniquingKeysWith: +)
                switch try serve(batch.callers[...], batch.refusals, statements) {
                case nil: break
                case .obstacle(let obstacle, let reason): try meet(obstacle, reason, in: database)
                case .fatal(let reason): throw LedgerFailure(reason: reason)
                }
                queueDepth.record(room.count)
            }
        } catch {
            room.close()
            tell(room.leave()[...], .isUnwritable(reason: error.reason))
            throw error
        }
    }

    private func serve(
        _ callers: ArraySlice<WaitingRoom.Caller>,
        _ refusals: [Refusal],
        _ statements: Statements
    ) throws(LedgerFailure) -> Setback? {
        if let setback = commit(callers, statements) { return setback }
        try log.checkpointIfDue(statements.database, isIdle: room.count == 0)
        return keep(refusals, statements)
    }

    /// Writes the next batch by other rules. Only for the writer's queue.
    func adopt(accounts: AccountRows, schedule: PollSchedule, quota: RefusalQuota) {
        self.accounts = accounts
        self.schedule = schedule
        self.quota = quota
    }

    /// Lets go of the prepared statements, so that the connection can be closed.
    func rest() {
        prepared = nil
    }

    /// Commits a batch; if it fails because of one of its items, each is tried by itself: a poison message spoils only itself.
    private func commit(_ callers: ArraySlice<WaitingRoom.Caller>, _ statements: Statements) -> Setback? {
        guard !callers.isEmpty else { return nil }
        do {
            let tell = try measured(callers.count) { try transact(callers, statements) }
            // What was written into a file without a name is not there for the next start.
            if let missing = files.missing {
                self.tell(callers, .isUnwritable(reason: "\(missing)"))
                return .fatal(reason: "\(missing)")
            }
            for tell in tell { tell() }
            return nil
        } catch {
            let failure = error as? DatabaseError
            if let setback = failure.flatMap({ Setback($0, in: statements.database) }) {
                tell(callers, .isUnwritable(reason: setback.reason))
                return setback
            }
            guard callers.count > 1 else {
                tell(callers, error as? RecordingError ?? .isRefused(reason: failure?.reason ?? "\(error)"))
                return nil
            }
            for index in callers.indices {
                if let setback = commit(callers[index...index], statements) {
                    tell(callers[(index + 1)...], .isUnwritable(reason: setback.reason))
                    return setback
                }
            }
            return nil
        }
    }

    private func tell(_ callers: ArraySlice<WaitingRoom.Caller>, _ error: RecordingError) {
        for caller in callers { caller.refuse(error) }
    }

    /// Remembers what is in the way, and does what is to be done the first time.
    private func meet(_ obstacle: Obstacle, _ reason: String, in database: Database) throws(LedgerFailure) {
        let isNew = lastWrite.failed(at: obstacle)
        switch obstacle {
        case .isLocked:
            // Who came meanwhile has waited as well: another wait for each batch of them would be without a bound.
            tell(room.leave()[...], .isUnwritable(reason: reason))
        case .diskIsFull where isNew:
            // What is copied into the database makes room in the log, if the database itself need not grow for it.
            try log.checkpoint(database)
        case .diskIsFull, .diskIsReadOnly, .isUnwritable, .isShort: break
        }
    }

    /// Does what the callers want, as one transaction; gives what tells each of them, now that it is durable.
    private func transact(
        _ callers: ArraySlice<WaitingRoom.Caller>,
        _ statements: Statements
    ) throws -> [@Sendable () -> Void] {
        var tell: [@Sendable () -> Void] = []
        tell.reserveCapacity(callers.count)
        var hasPollRequests = false
        var provesRoom = false
        var refusalsLeft = refusals
        try statements.database.inTransaction(.immediate) {
            var transaction = try Transaction(
                statements: statements,
                accounts: accounts,
                schedule: schedule,
                refusals: refusals
            )
            if schedule != noted { try ScheduleRows.note(schedule, at: transaction.place(), in: statements) }
            for caller in callers { tell.append(try caller.work(&transaction)) }
            (hasPollRequests, provesRoom, refusalsLeft) =
                (transaction.hasPollRequests, transaction.provesRoom, transaction.refusals)
            return .commit
        }
        noted = schedule
        refusals = refusalsLeft
        if provesRoom { lastWrite.succeeded() }
        if hasPollRequests { pollRequests.yield() }
        return tell
    }

    /// Keeps refusals as far as that is possible; nobody waits for them.
    private func keep(_ waiting: [Refusal], _ statements: Statements) -> Setback? {
        guard !waiting.isEmpty else { return nil }
        let before = refusals
        do {
            try statements.database.inTransaction(.immediate) {
                try refusals.insert(waiting, unkept: unkept, quota: quota, accounts: accounts, in: statements)
                return .commit
            }
            unkept = [:]
            return nil
        } catch {
            refusals = before
            for refusal in waiting { unkept[refusal.account, default: 0] += 1 }
            return (error as? DatabaseError).flatMap { Setback($0, in: statements.database) }
        }
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
