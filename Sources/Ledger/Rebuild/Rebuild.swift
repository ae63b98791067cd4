import GRDB
package import Payments

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
    package func check(progress: (Int) -> Void = { _ in }) throws(RebuildError) -> RebuildReport {
        let reader = try openReader()
        let derived = try DerivedLedger(shownTo: [reader])
        return try compare(reader, derived, progress: progress).findings
    }

    /// Compares, and puts what was derived in the place of what differs, as one transaction. Nobody else may write meanwhile,
    /// so this holds the ledger as a daemon does.
    ///
    /// - Returns: what differed.
    package func mend(progress: (Int) -> Void = { _ in }) throws(RebuildError) -> RebuildReport {
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
        } catch let failure as FatalLedgerError {
            writer.abandon()
            throw .diskFailed(path: path, reason: failure.reason)
        } catch {
            throw .isNotMended(reason: (error as? DatabaseError)?.reason ?? "\(error)")
        }
        return findings
    }

    private static func restore(_ database: Database, untimedUntil: Timestamp?) throws {
        do {
            try Repair(in: database, untimedUntil: untimedUntil).run()
        } catch let error as DatabaseError {
            guard case .fatal(let reason) = WriteFailure(error, in: database) else { throw error }
            throw FatalLedgerError(reason: reason)
        }
    }

    private func hold() throws(RebuildError) -> (DatabaseLock, DatabaseQueue) {
        // What is not there is not made, and what is older is not upgraded.
        _ = try openReader()
        do {
            let lock = try DatabaseLock(besides: path)
            return (lock, try Connection.open(at: lock.database, timeout: .seconds(5)))
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
    ) throws(RebuildError) -> (findings: RebuildReport, untimedUntil: Timestamp?) {
        do {
            return try reader.read { stored in
                let (recorded, untimedUntil) = try derived.queue.writeWithoutTransaction { derived in
                    var replay = try Replay(from: stored, to: derived, reading: read)
                    try replay.run(progress: progress)
                    return (replay.findings, replay.untimedUntil)
                }
                var findings = recorded
                try LedgerDiff(database: stored, untimedUntil: untimedUntil).compare(into: &findings)
                return (findings, untimedUntil)
            }
        } catch let error as RebuildError {
            throw error
        } catch {
            throw .cannotDerive(folder: derived.place, reason: (error as? DatabaseError)?.reason ?? "\(error)")
        }
    }
}

/// Why a ledger was not derived again, or not mended; nothing was changed then, unless it says so. Each says what to do.
package enum RebuildError: Error, CustomStringConvertible {
    case cannotRead(LedgerError)
    case isOlder(path: String, version: Int, known: Int)
    /// There is no room, or no leave, for the second ledger.
    case cannotDerive(folder: String, reason: String)
    /// Evidence that the rules cannot take in once more.
    case isNotDerivable(evidence: String, reason: String)
    case isNotMended(reason: String)
    /// Nobody knows what is on the disk.
    case diskFailed(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotRead(let error):
            error.description
        case .isOlder(let path, let version, let known):
            "\(path) has schema version \(version), this paystate needs \(known); start its daemon once, which upgrades it"
        case .cannotDerive(let folder, let reason):
            "everything is derived again in \(folder), and that failed (\(reason)); name a folder with room by $TMPDIR"
        case .isNotDerivable(let evidence, let reason):
            """
            \(evidence) cannot be recorded once more (\(reason)); nothing was changed. The file is damaged, or this is a \
            mistake in paystate: `sqlite3 FILE 'PRAGMA integrity_check'` tells which
            """
        case .isNotMended(let reason):
            "the database was left as it was: what was derived could not be put in its place (\(reason))"
        case .diskFailed(let path, let reason):
            """
            the disk of \(path) failed (\(reason)), so nobody knows whether what was derived has taken the place of what was \
            stored: see what the kernel says of the disk (dmesg), then compare: paystate rebuild --check
            """
        }
    }
}

/// A body that was proved when it came, as the ledger has kept it.
package struct AuthenticatedBody: Sendable {
    /// The gateway's name.
    package let gateway: String
    package let bytes: [UInt8]
}

/// Why a kept body says nothing. The words name the place, never what is there.
package struct UnreadableBody: Error {
    package let reason: String
    package let mention: Mention?

    package init(reason: String, naming mention: Mention? = nil) {
        self.reason = reason
        self.mention = mention
    }
}

/// Reads a body again; it needs no secret, for the proof was made when the body came.
package typealias BodyReader = (AuthenticatedBody) -> Result<Report, UnreadableBody>
