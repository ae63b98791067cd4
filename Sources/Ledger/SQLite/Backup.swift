import GRDB
import Glibc

/// A verified copy of a database as of one point in time, which appears at its path only once it is on the disk.
package struct Backup: Sendable, Equatable {
    package let path: String
    package let bytes: Int64
    package let callbacks: Int
    package let payments: Int

    /// Makes a backup, whether the daemon runs, is stopped or was killed. It is one read transaction on a read-only
    /// connection, so it blocks nothing, though the write-ahead log grows until it is done.
    ///
    /// It uses `VACUUM INTO`, not SQLite's backup API, which copies page by page. A page copy would include whatever
    /// lies in the pages beside the rows, and the space that emptied bodies have left. `VACUUM INTO` reads every row,
    /// so it finds damage; it can be interrupted; and its result is not in WAL mode, so that any user may open it, on
    /// its own and read-only.
    ///
    /// - Throws: ``BackupError``, or `CancellationError`.
    package static func make(of database: String, at path: String) async throws -> Backup {
        guard !TemporaryBackup.isTaken(path) else { throw BackupError.exists(path: path) }
        let source: DatabaseQueue
        do {
            source = try Connection.reading(at: database, label: "backup")
        } catch {
            throw BackupError.cannotRead(error)
        }
        let temporary = try TemporaryBackup(of: path)
        do {
            let versions = try await explained(path) { try await copy(source, to: temporary, of: database) }
            let backup = try await explained(path) { try await verify(temporary, as: path, expecting: versions) }
            try temporary.publish(as: path, like: database)
            return backup
        } catch let damage as Damage {
            temporary.discard()
            throw try await blame(for: damage, in: source, at: database, copiedTo: path)
        } catch {
            temporary.discard()
            throw error
        }
    }

    /// Checks a draft that was filled with the rows of a ledger on a server, and gives it its name.
    ///
    /// - Parameter name: where the rows come from. A server does not check references, so what refers to nothing in the
    ///   copy does so there as well: the rows have been compared.
    static func publish(
        _ temporary: TemporaryBackup,
        as path: String,
        copyOf name: String
    ) async throws -> Backup {
        do {
            return try await explained(path) {
                try await refuseOrphans(in: temporary, copyOf: name)
                let backup = try await verify(temporary, as: path, expecting: .ofThisProgram)
                try temporary.publish(as: path, mode: 0o640)
                return backup
            }
        } catch let damage as Damage {
            throw BackupError.copyIsDamaged(path: path, database: name, findings: damage.findings)
        }
    }

    private static func refuseOrphans(in temporary: TemporaryBackup, copyOf name: String) async throws {
        let copy = try Connection.reading(at: temporary.path, label: "verification")
        let findings = try await copy.read { try Damage.orphans(in: $0, limit: 20) }
        try copy.close()
        guard findings.isEmpty else { throw BackupError.isDamaged(path: name, findings: findings) }
    }

    private static func copy(
        _ source: DatabaseQueue,
        to temporary: TemporaryBackup,
        of path: String
    ) async throws -> Versions {
        try await source.writeWithoutTransaction { database in
            do {
                try database.execute(sql: "VACUUM INTO ?", arguments: [temporary.path])
                return try Versions(of: database)
            } catch let error as DatabaseError {
                throw BackupError(ofReading: path, error, in: database) ?? error
            }
        }
    }

    private static func verify(
        _ temporary: TemporaryBackup,
        as path: String,
        expecting versions: Versions
    ) async throws -> Backup {
        let copy: DatabaseQueue
        do {
            copy = try Connection.reading(at: temporary.path, label: "verification")
        } catch .isDamaged(_, let reason) {
            throw Damage(findings: [reason])
        } catch .isForeign {
            throw Damage(findings: ["it does not begin as a database of Paystate does"])
        }
        let backup = try await copy.read { copy in
            var findings = try Damage.findings(in: copy)
            if try Versions(of: copy) != versions { findings.append("the copy has other versions than the database") }
            guard findings.isEmpty else { throw Damage(findings: findings) }
            return Backup(
                path: path,
                bytes: try temporary.size(),
                callbacks: try Int.fetchOne(copy, sql: "SELECT count(*) FROM callback") ?? 0,
                payments: try Int.fetchOne(copy, sql: "SELECT count(*) FROM payment WHERE merged_into IS NULL") ?? 0
            )
        }
        try copy.close()
        return backup
    }

    /// Decides whether the database or the disk of its copy is to blame: damage in the database is in the copy as well.
    private static func blame(
        for damage: Damage,
        in source: DatabaseQueue,
        at path: String,
        copiedTo target: String
    ) async throws -> BackupError {
        try await source.read { database in
            do {
                let findings = try Damage.findings(in: database)
                return findings.isEmpty
                    ? .copyIsDamaged(path: target, database: path, findings: damage.findings)
                    : .isDamaged(path: path, findings: findings)
            } catch let error as DatabaseError {
                if error.resultCode == .SQLITE_INTERRUPT { throw CancellationError() }
                return BackupError(ofReading: path, error, in: database)
                    ?? .isDamaged(path: path, findings: [error.reason])
            }
        }
    }

    /// Turns SQLite's errors into ours.
    private static func explained<Output>(_ path: String, _ work: () async throws -> Output) async throws -> Output {
        do {
            return try await work()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_INTERRUPT: throw CancellationError()
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw Damage(findings: [error.reason])
            case .SQLITE_FULL, .SQLITE_IOERR: throw BackupError.diskFailed(path: path, reason: error.reason)
            default: throw BackupError.cannotCreate(path: path, reason: error.reason)  // SQLite's set, not ours.
            }
        } catch let error as LedgerError {
            throw BackupError.cannotRead(error)
        }
    }
}

/// What is wrong in a database or its copy, one finding per line.
private struct Damage: Error {
    let findings: [String]

    static func findings(in database: Database) throws -> [String] {
        var findings = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)")
        if findings == ["ok"] { findings = [] }
        return try findings + orphans(in: database, limit: 20 - findings.count)
    }

    /// The rows that refer to what is not there.
    static func orphans(in database: Database, limit: Int) throws -> [String] {
        var findings: [String] = []
        let orphans = try GRDB.Row.fetchCursor(database, sql: "PRAGMA foreign_key_check")
        while findings.count < limit, let row = try orphans.next() {
            let (table, parent): (String, String) = (row[0], row[2])
            findings.append("row \(row[1] as Int64? ?? 0) in table \(table) refers to nothing in \(parent)")
        }
        return findings
    }
}

extension BackupError {
    /// The operating system, not SQLite, failed to read the database; SQLite reports that as corruption.
    ///
    /// - Returns: `nil` if the system reported no error on the database's own files.
    fileprivate init?(ofReading path: String, _ error: DatabaseError, in database: Database) {
        switch error.resultCode {
        case .SQLITE_IOERR, .SQLITE_CORRUPT:
            let errors = database.errnos
            guard !errors.isEmpty else { return nil }
            let reason = ([error.reason] + errors.map { String(cString: strerror($0)) }).joined(separator: ", ")
            self = .sourceFailed(path: path, reason: reason)
        default: return nil  // SQLite's set of codes, not ours.
        }
    }
}

/// The versions that a database declares.
private struct Versions: Equatable {
    let application: Int32
    let schema: Int

    static let ofThisProgram = Versions(application: Migrations.applicationID, schema: Migrations.version)

    private init(application: Int32, schema: Int) {
        self.application = application
        self.schema = schema
    }

    init(of database: Database) throws {
        application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        schema = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }
}

/// Why a backup was not made; nothing half done is left under its name.
package enum BackupError: Error, Equatable {
    case exists(path: String)
    /// The folder does not exist, or may not be written to.
    case cannotCreate(path: String, reason: String)
    case diskFailed(path: String, reason: String)
    /// The database itself is damaged: SQLite's findings, one per line.
    case isDamaged(path: String, findings: [String])
    /// The copy is damaged, but the database is not.
    case copyIsDamaged(path: String, database: String, findings: [String])
    /// The operating system could not read the database.
    case sourceFailed(path: String, reason: String)
    case cannotRead(LedgerError)
}

extension BackupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exists(let path):
            "\(path) already exists, and a backup never overwrites: name another file, or a folder"
        case .cannotCreate(let path, let reason):
            "cannot make \(path): \(reason); name a file in a folder that exists and that this user may write to"
        case .diskFailed(let path, let reason):
            """
            \(path) could not be written (\(reason)), nothing was left of it: check that its disk has room and is \
            healthy
            """
        case .isDamaged(let path, let findings):
            """
            \(path) is damaged, so there is no backup of it; keep the older backups, and restore the last good one:
              \(findings.joined(separator: "\n  "))
            """
        case .copyIsDamaged(let path, let database, let findings):
            """
            the copy was damaged on its way to \(path), and nothing was left of it; \(database) itself was checked and is \
            sound: keep it as it is, and check the disk of the copy (dmesg). What was found in the copy:
              \(findings.joined(separator: "\n  "))
            """
        case .sourceFailed(let path, let reason):
            """
            \(path) could not be read (\(reason)), so there is no backup of it; keep the older backups, and see what the kernel \
            says about its disk (dmesg)
            """
        case .cannotRead(let error): "\(error)"
        }
    }
}
