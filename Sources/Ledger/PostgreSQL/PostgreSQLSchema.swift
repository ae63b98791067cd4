import Payments

/// Lays down the ledger in a database of a PostgreSQL server, and upgrades it.
enum PostgreSQLSchema {
    /// The same number as SQLite's: both have the same tables, columns and views.
    static var version: Int { Migrations.version }

    /// Held while a schema is laid down, so that of two receivers that start at once one does it; and while a ledger is
    /// moved away, so that none starts.
    static let lock = Int64(Migrations.applicationID)

    /// What is found before anything is changed.
    private enum Found {
        case nothing
        case ledger(schema: Int, views: [UInt8]?)
    }

    /// Creates what is missing: all of it or nothing.
    static func lay(on connection: PostgreSQLConnection, at location: LedgerLocation) throws {
        try begin(on: connection, at: location)
        try connection.withoutPipeline { try connection.run("COMMIT") }
        _ = connection.takeWarnings()
    }

    /// The same in a transaction that goes on.
    static func begin(on connection: PostgreSQLConnection, at location: LedgerLocation) throws {
        try connection.withoutPipeline {
            try connection.run("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(\(lock))")
        }
        let found = try find(on: connection, at: location)
        try connection.withoutPipeline {
            switch found {
            case .nothing:
                try create(on: connection)
                try layViews(on: connection)
            case .ledger(_, let views) where views != Views.digest:
                try layViews(on: connection)
            case .ledger: break
            }
            try connection.run(
                "UPDATE ledger SET schema = \(version) WHERE id = 1 AND schema < \(version);" + currencies
            )
            // Each time, for the role of readers may have come since.
            try connection.run(String(decoding: PackageResources.rights_sql, as: UTF8.self))
        }
    }

    private static func find(
        on connection: PostgreSQLConnection,
        at location: LedgerLocation
    ) throws -> Found {
        let path = location.description
        let encoding = try connection.rows("SELECT current_setting('server_encoding')", [], types: [])
        guard encoding.first?.values.first == .text("UTF8") else {
            throw LedgerError.cannotOpen(
                path: path,
                reason: "its encoding is not UTF8: create the database with ENCODING 'UTF8'"
            )
        }
        let safety = try connection.rows("SELECT current_setting('fsync')", [], types: [])
        guard safety.first?.values.first == .text("on") else { throw LedgerError.isUnsafe(path: path) }
        let tables = try connection.rows(
            """
            SELECT to_regclass('paystate.ledger') IS NOT NULL,
                   EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('paystate'))
            """,
            [],
            types: []
        )
        guard let row = tables.first else { return .nothing }
        let (hasLedger, hasTables): (Bool, Bool) = (row[0], row[1])
        guard hasLedger else {
            if hasTables { throw LedgerError.isForeign(path: path) }
            return .nothing
        }
        guard let ledger = try connection.rows("SELECT schema FROM ledger WHERE id = 1", [], types: []).first else {
            throw LedgerError.isForeign(path: path)
        }
        let schema: Int = ledger[0]
        guard schema > Migrations.unreleased else { throw LedgerError.isUnreleased(path: path) }
        guard schema <= version else { throw LedgerError.isNewer(path: path, version: schema, known: version) }
        let views = try connection.rows("SELECT digest FROM view_digest", [], types: []).first
        return .ledger(schema: schema, views: views.flatMap { $0[0] })
    }

    private static func create(on connection: PostgreSQLConnection) throws {
        try connection.run("CREATE SCHEMA IF NOT EXISTS paystate")
        try connection.run(String(decoding: PackageResources.ledger_sql, as: UTF8.self))
        let history = hexadecimal((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        try connection.run("INSERT INTO ledger (id, schema, history) VALUES (1, \(version), '\(history)')")
    }

    /// Views keep what other programs have built upon them as long as their columns stay; otherwise those have to be
    /// dropped first, by whoever made them. Rights are given again. Columns are only ever added: where one would go, a newer
    /// Paystate has laid the views, and they stay.
    private static func layViews(on connection: PostgreSQLConnection) throws {
        try connection.run("SAVEPOINT views")
        let scripts = [
            "DELETE FROM schema_doc;" + Views.script(replacing: true),
            keeping(Views.drops + "DELETE FROM schema_doc;" + Views.script(replacing: false)),
        ]
        var failure: PostgreSQLError?
        for script in scripts {
            failure = Self.failure(of: script, on: connection)
            if failure == nil { break }
            try connection.run("ROLLBACK TO SAVEPOINT views")
        }
        if let failure {
            if failure.state == columnWouldGo { return }
            throw failure
        }
        let digest = hexadecimal(Views.digest)
        try connection.run(
            "DELETE FROM view_digest; INSERT INTO view_digest (id, digest) VALUES (0, '\\x\(digest)')"
        )
    }

    /// One of the codes that SQLSTATE leaves to programs.
    private static let columnWouldGo = "PS001"

    /// Script that lays views anew, with what has to stay of those before: their columns, and who may read them.
    private static func keeping(_ script: String) -> String {
        """
        CREATE TEMP TABLE kept_column ON COMMIT DROP AS
            SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v' AND attnum > 0;
        CREATE TEMP TABLE kept_right ON COMMIT DROP AS
            SELECT format('GRANT %s ON %I TO %s', privilege_type, relname,
                          CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END) AS statement
            FROM pg_class, aclexplode(relacl)
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v' AND grantee <> relowner;
        \(script);
        DO $$
            DECLARE
                kept text;
            BEGIN
                IF EXISTS (SELECT 1 FROM pg_temp.kept_column WHERE NOT EXISTS (
                    SELECT 1 FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
                    WHERE relnamespace = current_schema()::regnamespace AND pg_class.relname = kept_column.relname
                      AND pg_attribute.attname = kept_column.attname)) THEN
                    RAISE EXCEPTION USING ERRCODE = '\(columnWouldGo)', MESSAGE = 'a column would go';
                END IF;
                FOR kept IN SELECT statement FROM pg_temp.kept_right LOOP
                    EXECUTE kept;
                END LOOP;
            END
        $$;
        """
    }

    private static func failure(of script: String, on connection: PostgreSQLConnection) -> PostgreSQLError? {
        do throws(PostgreSQLError) {
            try connection.run(script)
            return nil
        } catch {
            return error
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static var currencies: String {
        let rows = Currency.exponents.map { "('\($0.key)', \($0.value))" }.joined(separator: ", ")
        return "INSERT INTO currency (code, exponent) VALUES \(rows) ON CONFLICT DO NOTHING"
    }
}
