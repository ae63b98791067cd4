import GRDB

/// The schema, step by step, and the views upon it: plain SQL, forward only, embedded in the binary.
enum Migrations {
    /// «PAYS»: marks the file as ours.
    static let applicationID: Int32 = 0x5041_5953

    private static let steps: [[UInt8]] = [PackageResources._001_ledger_sql]

    /// Versions up to this one were those of builds that were never released: their databases are not read.
    static let unreleased = 13

    static var version: Int { unreleased + steps.count }

    /// Refuses a database that is not ours, or newer than we are, before anything is changed in it.
    static func check(_ database: Database, path: String) throws {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        let isEmpty = application == 0 && version == 0 && objects == 0
        guard isEmpty || application == applicationID else { throw LedgerError.isForeign(path: path) }
        guard version == 0 || version > unreleased else { throw LedgerError.isUnreleased(path: path) }
        guard version <= self.version else {
            throw LedgerError.isNewer(path: path, version: version, known: self.version)
        }
    }

    /// Applies the steps that are missing and, where any view is another one than before, lays all views down anew: all of it
    /// or nothing. Readers see the old schema until then.
    static func run(on database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard try version < self.version || Views.areOutdated(in: database) else { return }
        try database.inTransaction(.immediate) {
            // A column cannot be renamed or dropped while a view mentions it.
            try Views.drop(from: database)
            for step in steps.dropFirst(max(0, version - unreleased)) {
                try database.execute(sql: String(decoding: step, as: UTF8.self))
            }
            try Views.create(in: database)
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(self.version)")
            return .commit
        }
    }
}
