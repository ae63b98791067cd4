/// A ledger that was moved from one engine to the other.
package struct LedgerCopy: Sendable, Equatable {
    /// How many rows each table has, in the order in which they were copied.
    package let tables: [Table]

    package struct Table: Sendable, Equatable {
        package let name: String
        package let rows: Int
    }

    /// How far a copy has come.
    package struct Progress: Sendable {
        package let table: String
        package let rows: Int
        /// Whether the table has been copied, and is being read back.
        package let isComparing: Bool
    }

    private init(_ contents: [TableDigest.Contents]) {
        tables = zip(CopiedTable.all, contents).map { Table(name: $0.name, rows: $1.rows) }
    }

    package func rows(of table: String) -> Int {
        tables.first { $0.name == table }?.rows ?? 0
    }

    /// Copies a whole ledger into an empty place, and compares both: all of it arrives, or nothing.
    ///
    /// No daemon may write it meanwhile: what it recorded after the snapshot would be missing in the copy, though it was
    /// acknowledged.
    ///
    /// - Throws: ``CopyError``, or `CancellationError`.
    package static func make(
        from source: LedgerLocation,
        to target: LedgerLocation,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> LedgerCopy {
        let copy = TableCopy(progress: progress)
        switch (source, target) {
        case (.file, .file):
            throw CopyError.bothAreFiles
        case (.file(let path), .postgreSQL(let address)):
            let source = try FileCopySource(at: path)
            return LedgerCopy(try await copy.run(from: source, to: PostgreSQLCopyTarget(address)))
        case (.postgreSQL(let from), .postgreSQL(let address)):
            guard from.url != address.url else { throw CopyError.bothAreOne(database: address.url) }
            let source = try PostgreSQLCopySource(from, whileInUse: false)
            return LedgerCopy(try await copy.run(from: source, to: PostgreSQLCopyTarget(address)))
        case (.postgreSQL(let address), .file(let path)):
            let source = try PostgreSQLCopySource(address, whileInUse: false)
            return try await makeFile(at: path, from: source, named: address.url, by: copy).copy
        }
    }

    private static func makeFile(
        at path: String,
        from source: PostgreSQLCopySource,
        named name: String,
        by copy: TableCopy
    ) async throws -> (copy: LedgerCopy, backup: Backup) {
        let target = try FileCopyTarget(at: path)
        do {
            let contents = try await copy.run(from: source, to: target)
            return (LedgerCopy(contents), try await target.publish(asCopyOf: name))
        } catch {
            target.discard()
            throw error
        }
    }
}

extension Ledger {
    /// Copies a ledger on a server into one SQLite file, from one snapshot and while the daemons go on. The file is
    /// checked as every backup is, and appears at its path only once it is on the disk.
    ///
    /// - Throws: ``BackupError``, or `CancellationError`.
    package static func backup(from address: PostgreSQLAddress, to path: String) async throws -> Backup {
        do {
            return try await LedgerCopy.backup(from: address, to: path)
        } catch let error as CopyError {
            throw BackupError(error, at: path, of: address.url)
        }
    }
}

extension LedgerCopy {
    fileprivate static func backup(from address: PostgreSQLAddress, to path: String) async throws -> Backup {
        let source = try PostgreSQLCopySource(address, whileInUse: true)
        let copy = TableCopy { _ in }
        return try await makeFile(at: path, from: source, named: address.url, by: copy).backup
    }
}

extension BackupError {
    fileprivate init(_ error: CopyError, at path: String, of database: String) {
        switch error {
        case .exists(let path): self = .exists(path: path)
        case .isNotMade(let error): self = error
        case .cannotUse(let error): self = .cannotRead(error)
        case .isDisconnected(let database, let reason), .hasUnknownOutcome(let database, let reason):
            self = .cannotRead(.isUnreachable(path: database, reason: reason))
        case .isRefused(let table, let reason):
            self = .isDamaged(path: database, findings: ["a row of \(table) breaks a rule of the schema: \(reason)"])
        case .differs:
            self = .copyIsDamaged(path: path, database: database, findings: [error.description])
        case .bothAreFiles, .bothAreOne, .isNotEmpty, .isInUse, .isOlder, .hasOtherColumns:
            self = .cannotRead(.cannotOpen(path: database, reason: error.description))
        }
    }
}
