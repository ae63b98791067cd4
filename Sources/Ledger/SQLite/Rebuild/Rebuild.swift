import GRDB
package import Payments

/// Derives a ledger's whole state again from the evidence that it keeps, by the same rules that recorded it first, and
/// compares the two: they must be equal (invariant 7, docs/architecture.md).
///
/// Evidence is what was received, and what was proved about it at the time: a callback's bytes, verdict, form and key,
/// its times and deliveries; a poll's answer, what was believed of it, and its times; instructions; the schedules that
/// were in force. Everything else is derived, and compared: payments, operations, checkouts, subscriptions, transitions
/// with their numbers, anomalies, the polling state of each entity, and the effect of each piece of evidence. Not
/// compared are
///
/// - when the next poll is due (`next_poll_at`): a clock that was set back moves it. Whether one is due is compared;
/// - the numbers of rows that no view shows;
/// - the polling state, and whether polling gave up, of payments that are older than the records of schedules (schema
///   version 6);
/// - entities that have lost a body to retention, with all that share evidence with them: they are compared with their
///   own transitions, of which the last determines the state, the status word, and the amounts.
package struct Rebuild {
    private let path: String
    private let read: BodyReader

    package init(of path: String, reading read: @escaping BodyReader) {
        self.path = path
        self.read = read
    }

    /// The tables that are derived, wholly or in part, with the columns that are considered here.
    package static var columns: [String: [String]] {
        let tables = (DerivedTable.all + [.transition]).map { ($0.name, $0.columns.map(\.name) + $0.others) }
        return Dictionary(uniqueKeysWithValues: tables)
    }

    /// Compares, and changes nothing: the file is only read, even while a daemon writes to it.
    ///
    /// - Parameter progress: called now and then with how much evidence has been recorded again.
    package func check(progress: (Int) -> Void = { _ in }) throws(RebuildError) -> RebuildReport {
        let reader = try openReader()
        let derived = try DerivedLedger(shownTo: [reader])
        return try compare(reader, derived, progress: progress).findings
    }

    /// Compares, and replaces whatever differs with what was derived, as one transaction. No other process may write
    /// meanwhile, so this holds the ledger as a daemon does.
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
        // A missing database is not created, and an older one is not upgraded.
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

    /// Compares everything on one snapshot of the ledger.
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

/// Why a ledger was not derived again, or not mended; nothing was changed, unless the description says so. Each says
/// what to do.
package enum RebuildError: Error, CustomStringConvertible {
    case cannotRead(LedgerError)
    case isOlder(path: String, version: Int, known: Int)
    /// There is no space, or no permission, for the second ledger.
    case cannotDerive(folder: String, reason: String)
    /// The rules cannot record this evidence again.
    case isNotDerivable(evidence: String, reason: String)
    case isNotMended(reason: String)
    /// The state of the disk is unknown.
    case diskFailed(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotRead(let error):
            error.description
        case .isOlder(let path, let version, let known):
            "\(path) has schema version \(version), this paystate needs \(known); start its daemon once, which upgrades it"
        case .cannotDerive(let folder, let reason):
            "everything is derived again in \(folder), and that failed (\(reason)); set $TMPDIR to a folder with room"
        case .isNotDerivable(let evidence, let reason):
            """
            \(evidence) cannot be recorded again (\(reason)); nothing was changed. The file is damaged, or this is a \
            bug in paystate: `sqlite3 FILE 'PRAGMA integrity_check'` shows which
            """
        case .isNotMended(let reason):
            "the database was left as it was: what was derived could not replace it (\(reason))"
        case .diskFailed(let path, let reason):
            """
            the disk of \(path) failed (\(reason)), so it is unknown whether what was derived has replaced what was \
            stored: see what the kernel says about the disk (dmesg), then compare: paystate rebuild --check
            """
        }
    }
}

/// A body that was authenticated on arrival, as the ledger has kept it.
package struct AuthenticatedBody: Sendable {
    /// The gateway's name.
    package let gateway: String
    package let bytes: [UInt8]
}

/// Why a kept body cannot be read. The text names the place, never its content.
package struct UnreadableBody: Error {
    package let reason: String
    package let mention: Mention?

    package init(reason: String, naming mention: Mention? = nil) {
        self.reason = reason
        self.mention = mention
    }
}

/// Reads a body again; it needs no secret, since the body was authenticated on arrival.
package typealias BodyReader = (AuthenticatedBody) -> Result<Report, UnreadableBody>
