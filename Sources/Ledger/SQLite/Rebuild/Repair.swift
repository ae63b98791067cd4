import GRDB
import Payments

/// Replaces what differs with what was derived, as one transaction. Evidence stays as it is, except for the columns
/// that are derived.
///
/// Rows keep their numbers; missing rows get new ones.
struct Repair {
    private let database: Database
    private let comparison: LedgerDiff

    /// - Parameter database: the writing connection, which sees the derived ledger as `derived`.
    init(in database: Database, untimedUntil: Timestamp?) {
        self.database = database
        comparison = LedgerDiff(database: database, untimedUntil: untimedUntil)
    }

    /// Mends the ledger, and proves that no difference is left before anything is committed.
    func run() throws {
        // Rows refer to each other while they are replaced; the references are checked at the end.
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        try database.inTransaction(.immediate) {
            let triggers = try liftTriggers()
            for (table, name) in Self.named { try makeMap(of: table, by: name) }
            for (table, _) in Self.named { try mendNamed(table) }
            try mendOperations()
            try mendTokens()
            for table in [DerivedTable.callback, .poll, .instruction] { try mendEvidence(table) }
            try mendAnomalies()
            try mendTransitions()
            try database.execute(sql: "UPDATE main.account AS s SET open_payments = \(LedgerDiff.openPayments)")
            for trigger in triggers { try database.execute(sql: trigger) }
            try prove()
            return .commit
        }
    }

    private static let named = [
        (DerivedTable.payment, "payment_id"), (.checkout, "token"), (.subscription, "subscription_id"),
    ]

    /// Removes the triggers that forbid changes to history, which is corrected here, and returns their SQL, so that
    /// they can be created again unchanged.
    private func liftTriggers() throws -> [String] {
        let triggers = try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger'
                AND tbl_name IN ('transition', 'callback', 'poll', 'instruction')
                """
        )
        for trigger in triggers { try database.execute(sql: "DROP TRIGGER main.\"\(trigger[0] as String)\"") }
        return triggers.map { $0[1] }
    }

    /// Maps each derived row to its row in the ledger.
    private func makeMap(of table: DerivedTable, by name: String) throws {
        let table = table.name
        try database.execute(
            sql: """
                CREATE TEMP TABLE \(table)_map (derived INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE);
                INSERT INTO \(table)_map SELECT d.id, s.id FROM derived.\(table) AS d
                JOIN main.\(table) AS s ON s.\(name) = d.\(name) AND s.account = d.account;
                INSERT INTO \(table)_map
                SELECT id, (SELECT coalesce(max(id), 0) FROM main.\(table)) + row_number() OVER (ORDER BY id)
                FROM derived.\(table) WHERE id NOT IN (SELECT derived FROM temp.\(table)_map);
                """
        )
    }

    private func mendNamed(_ table: DerivedTable) throws {
        let name = table.name
        let columns = try columns(of: name)
        try database.execute(sql: "DELETE FROM main.\(name) WHERE id NOT IN (SELECT id FROM temp.\(name)_map)")
        try database.execute(
            sql: """
                UPDATE main.\(name) AS s SET \(assignments(columns.filter { $0 != "id" }, of: table))
                FROM derived.\(name) AS d
                WHERE d.id = (SELECT derived FROM temp.\(name)_map WHERE id = s.id) AND \(comparison.differs(table))
                """
        )
        try database.execute(
            sql: """
                INSERT INTO main.\(name) (\(columns.joined(separator: ", ")))
                SELECT \(columns.map { $0 == "id" ? "m.id" : Self.value($0) }.joined(separator: ", "))
                FROM derived.\(name) AS d JOIN temp.\(name)_map AS m ON m.derived = d.id
                WHERE m.id NOT IN (SELECT id FROM main.\(name))
                """
        )
    }

    private func mendOperations() throws {
        let columns = try columns(of: "operation")
        let isSame = "s.payment = \(Self.value("payment")) AND s.operation_id = d.operation_id"
        try database.execute(
            sql: """
                DELETE FROM main.operation AS s WHERE NOT EXISTS (
                    SELECT 1 FROM temp.payment_map AS m JOIN derived.operation AS d ON d.payment = m.derived
                    WHERE m.id = s.payment AND d.operation_id = s.operation_id)
                """
        )
        try database.execute(
            sql: """
                UPDATE main.operation AS s
                SET \(assignments(columns.filter { $0 != "payment" && $0 != "operation_id" }, of: .operation))
                FROM derived.operation AS d WHERE \(isSame) AND \(comparison.differs(.operation))
                """
        )
        try database.execute(
            sql: """
                INSERT INTO main.operation (\(columns.joined(separator: ", ")))
                SELECT \(columns.map(Self.value).joined(separator: ", ")) FROM derived.operation AS d
                WHERE NOT EXISTS (SELECT 1 FROM main.operation AS s WHERE \(isSame))
                """
        )
    }

    private func mendTokens() throws {
        let columns = try columns(of: "token").joined(separator: ", ")
        try database.execute(
            sql: "DELETE FROM main.token; INSERT INTO main.token (\(columns)) SELECT \(columns) FROM derived.token"
        )
    }

    private func mendEvidence(_ table: DerivedTable) throws {
        try database.execute(
            sql: """
                UPDATE main.\(table.name) AS s SET \(assignments(table.columns.map(\.name), of: table))
                FROM derived.\(table.name) AS d WHERE d.id = s.id AND \(comparison.differs(table))
                """
        )
    }

    private func mendAnomalies() throws {
        let columns = try columns(of: "anomaly")
        let replaced = comparison.isCompared(.anomaly, .stored)
        let kept =
            try Int.fetchOne(database, sql: "SELECT count(*) FROM main.anomaly AS s WHERE NOT (\(replaced))") ?? 0
        // If some anomalies stay, the others cannot all keep their numbers.
        let values = columns.map { $0 == "id" && kept > 0 ? "NULL" : Self.value($0) }
        var findings = RebuildReport()
        try RowKeys.makeForAnomalies(in: database)
        try comparison.compare(.anomaly, into: &findings)
        try RowKeys.dropAnomalies(in: database)
        guard findings.count > 0 else { return }
        try database.execute(
            sql: """
                DELETE FROM main.anomaly AS s WHERE \(replaced);
                INSERT INTO main.anomaly (\(columns.joined(separator: ", ")))
                SELECT \(values.joined(separator: ", ")) FROM derived.anomaly AS d
                WHERE \(comparison.isCompared(.anomaly, .derived)) ORDER BY d.id
                """
        )
    }

    /// Rewrites the feed from the first difference on.
    private func mendTransitions() throws {
        let columns = try columns(of: "transition")
        let first = try RowKeys.makeForTransitions(in: database)
        try RowKeys.dropTransitions(in: database)
        guard let first else { return }
        try database.execute(
            sql: """
                DELETE FROM main.transition WHERE seq >= \(first);
                INSERT INTO main.transition (\(columns.joined(separator: ", ")))
                SELECT \(columns.map(Self.value).joined(separator: ", "))
                FROM derived.transition AS d WHERE seq >= \(first) ORDER BY seq
                """
        )
    }

    private func prove() throws {
        let dangling = try GRDB.Row.fetchAll(database, sql: "PRAGMA main.foreign_key_check")
        if let first = dangling.first {
            throw RebuildError.isNotMended(reason: "a row of \(first[0] as String) refers to a row that does not exist")
        }
        var findings = RebuildReport()
        try comparison.compare(into: &findings)
        if let first = findings.differences.first {
            throw RebuildError.isNotMended(reason: "\(first.table) \(first.key) would still differ")
        }
    }

    // MARK: Columns

    private func columns(of table: String) throws -> [String] {
        try database.columns(in: table, in: "main").map(\.name)
    }

    /// The value of a derived column, with references translated to the ledger's rows.
    private static func value(_ column: String) -> String {
        switch column {
        case "payment", "merged_into": "(SELECT id FROM temp.payment_map WHERE derived = d.\(column))"
        case "checkout", "subscription": "(SELECT id FROM temp.\(column)_map WHERE derived = d.\(column))"
        default: "d.\"\(column)\""  // All others refer to nothing.
        }
    }

    /// Keeps the planned time of the next poll, unless the two ledgers differ in whether a poll is planned at all.
    private func assignments(_ columns: [String], of table: DerivedTable) -> String {
        columns.map { name in
            let value =
                name == "next_poll_at"
                ? "iif(d.next_poll_at IS NULL, NULL, coalesce(s.next_poll_at, d.next_poll_at))" : Self.value(name)
            let isTiming = name == "next_poll_at" || table.columns.contains { $0.name == name && $0.isTiming }
            guard isTiming, comparison.untimedUntil != nil else { return "\"\(name)\" = \(value)" }
            return "\"\(name)\" = iif(\(comparison.isTimed(.stored)), \(value), s.\"\(name)\")"
        }.joined(separator: ", ")
    }
}
