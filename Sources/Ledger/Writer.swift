import GRDB
import Metrics
import Payments

/// The one writer: takes what waits, commits it as one transaction, and then tells each caller.
///
/// It is unchecked because the compiler does not know that it is used on the serial queue of the writing connection alone.
final class Writer: @unchecked Sendable {
    private let room: WaitingRoom
    private let log: WriteAheadLog
    private var accounts: AccountRows
    private var schedule: Schedule
    private var quota: RefusalQuota
    /// Is told when something has been committed that is to be asked about at once.
    private let wishes: AsyncStream<Void>.Continuation
    private var refusals: RefusalRows
    private var prepared: Statements?
    private let batchSize = Metrics.Recorder(label: "paystate_batch_size")
    private let commitTime = Metrics.Timer(label: "paystate_commit_seconds")
    private let queueDepth = Metrics.Gauge(label: "paystate_queue_depth")

    init(
        room: WaitingRoom,
        log: WriteAheadLog,
        accounts: AccountRows,
        schedule: Schedule,
        quota: RefusalQuota,
        wishes: AsyncStream<Void>.Continuation,
        in database: Database
    ) throws {
        self.room = room
        self.log = log
        self.accounts = accounts
        self.schedule = schedule
        self.quota = quota
        self.wishes = wishes
        refusals = try RefusalRows(in: database)
    }

    /// Serves all that waits.
    ///
    /// - Throws: an error after which the file must not be written again (``DatabaseError/isFatal``); nobody is let in any
    ///   more then, and everybody has been told to come again.
    func serve(_ database: Database) throws(DatabaseError) {
        let statements = prepared ?? Statements(database)
        prepared = statements
        while let batch = room.next() {
            guard let fatal = commit(batch.callers, statements) ?? checkpoint(database) else {
                keep(batch.refusals, statements)
                queueDepth.record(room.count)
                continue
            }
            room.close()
            while let batch = room.next() { tell(batch.callers, .isUnwritable(reason: fatal.reason)) }
            throw fatal
        }
    }

    /// Writes the next batch by other rules. Only for the writer's queue.
    func adopt(accounts: AccountRows, schedule: Schedule, quota: RefusalQuota) {
        self.accounts = accounts
        self.schedule = schedule
        self.quota = quota
    }

    /// Lets go of the prepared statements, so that the connection can be closed.
    func rest() {
        prepared = nil
    }

    /// Commits a batch; if it fails because of one of its items, each is tried by itself: a poison message spoils only itself.
    private func commit(_ callers: ArraySlice<WaitingRoom.Caller>, _ statements: Statements) -> DatabaseError? {
        guard !callers.isEmpty else { return nil }
        do {
            for tell in try measured(callers.count, { try transact(callers, statements) }) { tell() }
            return nil
        } catch let error as DatabaseError where error.isFatal || error.isOfTheDisk {
            tell(callers, .isUnwritable(reason: error.reason))
            return error.isFatal ? error : nil
        } catch {
            guard callers.count > 1 else {
                tell(callers, .isRefused(reason: (error as? DatabaseError)?.reason ?? "\(error)"))
                return nil
            }
            for index in callers.indices {
                if let fatal = commit(callers[index...index], statements) { return fatal }
            }
            return nil
        }
    }

    private func tell(_ callers: ArraySlice<WaitingRoom.Caller>, _ error: RecordingError) {
        for caller in callers { caller.refuse(error) }
    }

    /// A full disk or a busy file only puts the checkpoint off: what is in the log is committed.
    private func checkpoint(_ database: Database) -> DatabaseError? {
        do {
            try log.checkpointIfDue(database)
            return nil
        } catch {
            guard let error = error as? DatabaseError, error.isFatal else { return nil }
            return error
        }
    }

    /// Does what the callers want, as one transaction; gives what tells each of them, now that it is durable.
    private func transact(
        _ callers: ArraySlice<WaitingRoom.Caller>,
        _ statements: Statements
    ) throws -> [@Sendable () -> Void] {
        var tell: [@Sendable () -> Void] = []
        tell.reserveCapacity(callers.count)
        var hasWishes = false
        try statements.database.inTransaction(.immediate) {
            var transaction = try Transaction(statements: statements, accounts: accounts, schedule: schedule)
            for caller in callers { tell.append(try caller.work(&transaction)) }
            hasWishes = transaction.hasWishes
            return .commit
        }
        if hasWishes { wishes.yield() }
        return tell
    }

    private func keep(_ waiting: [Refusal], _ statements: Statements) {
        guard !waiting.isEmpty else { return }
        let before = refusals
        do {
            try statements.database.inTransaction(.immediate) {
                try refusals.insert(waiting, quota: quota, accounts: accounts, in: statements)
                return .commit
            }
        } catch {
            // Refusals are kept as far as that is possible; nobody waits for them.
            refusals = before
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
