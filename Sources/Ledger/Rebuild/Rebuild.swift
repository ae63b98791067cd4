import GRDB
import Payments

/// Derives everything that a ledger believes again from the evidence that it keeps, by the very rules that recorded it first, and
/// compares the two: invariant 7 says that they are the same.
///
/// Evidence is what came, and what was proved of it then: of a callback its bytes, verdict, form and key, its times and
/// deliveries; of a question to a gateway its answer, what was believed of it, and its times; instructions; the schedules that
/// were in force. All else is derived, and compared: payments, operations, checkouts, subscriptions, transitions with their
/// numbers, anomalies, how the asking about each stands, and what each piece of evidence did. Not compared are
///
/// - when the next question is due (`next_poll_at`): a clock that was set back moves it. Whether one is due is compared;
/// - the numbers of rows that no view shows;
/// - how the asking stands, and what was given up, of payments that are older than the notes on schedules (schema version 6);
/// - what has lost a body to retention, with all that shares evidence with it: it is held against its own transitions, of which the last
///   says its state, the word for that, and its sums.
package struct Rebuild {
    private let path: String
    private let read: BodyReader

    package init(of path: String, reading read: @escaping BodyReader) {
        self.path = path
        self.read = read
    }

    /// The tables that are derived, wholly or in part, with the columns that are thought of here.
    package static var columns: [String: [String]] {
        let tables = (DerivedTable.all + [.transition]).map { ($0.name, $0.columns.map(\.name) + $0.others) }
        return Dictionary(uniqueKeysWithValues: tables)
    }

    /// Compares, and changes nothing: the file is only read, also while a daemon writes to it.
    ///
    /// - Parameter progress: is told now and then how much evidence has been recorded again.
    package func check(progress: (Int) -> Void = { _ in }) throws(RebuildError) -> Findings {
        let reader = try openReader()
        let derived = try DerivedLedger(shownTo: [reader])
        return try compare(reader, derived, progress: progress).findings
    }

    /// Compares, and puts what was derived in the place of what differs, as one transaction. Nobody else may write meanwhile,
    /// so this holds the ledger as a daemon does.
    ///
    /// - Returns: what differed.
    package func mend(progress: (Int) -> Void = { _ in }) throws(RebuildError) -> Findings {
        let (lock, writer) = try hold()
        defer { withExtendedLifetime(lock) {} }
        let reader = try openReader()
        let derived = try DerivedLedger(shownTo: [reader, writer])
        let (findings, untimedUntil) = try compare(reader, derived, progress: progress)
        do {
            try writer.writeWithoutTransaction { database in
                if !findings.areNone { try Self.restore(database, untimedUntil: untimedUntil) }
                try WriteAheadLog.finish(database)
            }
            try reader.close()
            try writer.close()
        } catch let error as RebuildError {
            throw error
        } catch let failure as LedgerFailure {
            writer.abandon()
            throw .diskFailed(path: path, reason: failure.reason)
        } catch {
            throw .isNotMended(reason: (error as? DatabaseError)?.reason ?? "\(error)")
        }
        return findings
    }

    private static func restore(_ database: Database, untimedUntil: Timestamp?) throws {
        do {
            try Restoration(in: database, untimedUntil: untimedUntil).run()
        } catch let error as DatabaseError {
            guard case .fatal(let reason) = Setback(error, in: database) else { throw error }
            throw LedgerFailure(reason: reason)
        }
    }

    private func hold() throws(RebuildError) -> (DatabaseLock, DatabaseQueue) {
        // What is not there is not made, and what is older is not upgraded.
        _ = try openReader()
        do {
            let lock = try DatabaseLock(besides: path)
            return (lock, try Connection.open(at: lock.database, patience: .seconds(5)))
        } catch {
            throw .cannotRead(error)
        }
    }

    private func openReader() throws(RebuildError) -> DatabaseQueue {
        do {
            let queue = try Connection.reading(at: path, label: "rebuild")
            let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard version == Migrations.version else {
                throw RebuildError.isOlder(path: path, version: version, known: Migrations.version)
            }
            return queue
        } catch let error as RebuildError {
            throw error
        } catch let error as LedgerError {
            throw .cannotRead(error)
        } catch {
            throw .cannotRead(.cannotOpen(path: path, reason: "\(error)"))
        }
    }

    /// All of it on one snapshot of the ledger.
    private func compare(
        _ reader: DatabaseQueue,
        _ derived: DerivedLedger,
        progress: (Int) -> Void
    ) throws(RebuildError) -> (findings: Findings, untimedUntil: Timestamp?) {
        do {
            return try reader.read { stored in
                let (recorded, untimedUntil) = try derived.queue.writeWithoutTransaction { derived in
                    var replay = try Replay(from: stored, to: derived, reading: read)
                    try replay.run(progress: progress)
                    return (replay.findings, replay.untimedUntil)
                }
                var findings = recorded
                try Comparison(database: stored, untimedUntil: untimedUntil).compare(into: &findings)
                return (findings, untimedUntil)
            }
        } catch let error as RebuildError {
            throw error
        } catch {
            throw .cannotDerive(folder: derived.place, reason: (error as? DatabaseError)?.reason ?? "\(error)")
        }
    }
}
