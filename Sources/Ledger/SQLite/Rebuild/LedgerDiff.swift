import GRDB
import Payments

/// Compares a ledger, table by table and row by row, with the one derived from its evidence.
struct LedgerDiff {
    /// A connection that sees the ledger as `main`, and the derived one as `derived`.
    let database: Database
    /// Entities first seen up to this time were polled by schedules that were not recorded: their polling state, and
    /// whether polling gave up on them, are not compared.
    let untimedUntil: Timestamp?

    /// Adds all differences to the report.
    func compare(into findings: inout RebuildReport) throws {
        findings.payments = try count("SELECT count(*) FROM derived.payment WHERE merged_into IS NULL")
        findings.transitions = try count("SELECT count(*) FROM derived.transition")
        try RowKeys.makeForAnomalies(in: database)
        for table in DerivedTable.all { try compare(table, into: &findings) }
        try compareBooks(into: &findings)
        try compareOpenPayments(into: &findings)
        try RowKeys.dropAnomalies(in: database)
        _ = try RowKeys.makeForTransitions(in: database)
        try compare(.transition, into: &findings)
        findings.renumbered = try renumbered()
        try RowKeys.dropTransitions(in: database)
    }

    /// Whether two rows differ, as a condition.
    func differs(_ table: DerivedTable) -> String {
        var tests = [Self.differs(table.columns.filter { !$0.isTiming })]
        let timing = table.columns.filter(\.isTiming)
        if !timing.isEmpty { tests.append("(\(isTimed(.stored)) AND \(Self.differs(timing)))") }
        return "(\(tests.joined(separator: " OR ")))"
    }

    /// Whether the schedule by which a row was planned is known, as a condition.
    func isTimed(_ side: DerivedTable.Side) -> String {
        untimedUntil.map { "\(side.row).first_seen_at > \($0.milliseconds)" } ?? "TRUE"
    }

    /// Which rows of a table are compared, as a condition.
    ///
    /// Whether a callback could be passed on follows from no evidence.
    func isCompared(_ table: DerivedTable, _ side: DerivedTable.Side) -> String {
        guard table.name == DerivedTable.anomaly.name else { return "TRUE" }
        let isDerived = "\(side.row).kind <> 'undelivered'"
        return untimedUntil == nil ? isDerived : "\(isDerived) AND \(side.row).kind <> 'unresolved'"
    }

    private static func differs(_ columns: [DerivedTable.Column]) -> String {
        let (stored, derived) = (columns.map { $0.value(.stored) }, columns.map { $0.value(.derived) })
        return "(\(stored.joined(separator: ", "))) IS NOT (\(derived.joined(separator: ", ")))"
    }

    func compare(_ table: DerivedTable, into findings: inout RebuildReport) throws {
        let pairs = table.columns.map { "\($0.text(.stored)), \($0.text(.derived))" }.joined(separator: ", ")
        let untimed = table.columns.contains(where: \.isTiming) ? "NOT \(isTimed(.stored))" : "FALSE"
        let rows = try GRDB.Row.fetchCursor(
            database,
            sql: """
                SELECT \(table.key(.stored)), d.\(table.presence) IS NULL, \(untimed), \(pairs)
                FROM \(table.pairs(.stored))
                WHERE \(isCompared(table, .stored)) AND (d.\(table.presence) IS NULL OR \(differs(table)))
                """
        )
        while let row = try rows.next() {
            let key: String = row[0] ?? "?"
            guard row[1] == false else {
                findings.add(Difference(table: table.name, key: key, column: nil, stored: "there", derived: nil))
                continue
            }
            let isUntimed: Bool = row[2] ?? false
            for (index, column) in table.columns.enumerated() where !(column.isTiming && isUntimed) {
                let stored: String? = row[3 + 2 * index]
                let derived: String? = row[4 + 2 * index]
                guard stored != derived else { continue }
                findings.add(
                    Difference(table: table.name, key: key, column: column.name, stored: stored, derived: derived)
                )
            }
        }
        let missing = try String?.fetchCursor(
            database,
            sql: """
                SELECT \(table.key(.derived)) FROM \(table.pairs(.derived))
                WHERE \(isCompared(table, .derived)) AND s.\(table.presence) IS NULL
                """
        )
        while let key = try missing.next() {
            findings.add(
                Difference(table: table.name, key: key ?? "?", column: nil, stored: nil, derived: "there")
            )
        }
    }

    /// Compares the balance of each payment with the entries of its transitions. (In two halves, because sum() fails if
    /// the result does not fit into 64 bits; totals that stopped at the limit cannot agree.)
    private func compareBooks(into findings: inout RebuildReport) throws {
        let rows = try GRDB.Row.fetchCursor(
            database,
            sql: """
                SELECT \(DerivedTable.payment.key(.stored)), balance_minor - paid_out_minor,
                       coalesce((booked.high << 32) + booked.low, 0)
                FROM main.payment AS s LEFT JOIN (
                    SELECT payment, sum(moved_minor >> 32) AS high, sum(moved_minor & 4294967295) AS low
                    FROM main.transition WHERE moved_minor IS NOT NULL GROUP BY payment) AS booked ON booked.payment = s.id
                WHERE coalesce((booked.high << 32) + booked.low, 0) <> balance_minor - paid_out_minor
                  AND max(abs(captured_minor / 2), abs(refunded_minor / 2), -- Cannot overflow: they are halves.
                          abs(charged_back_minor / 2), abs(paid_out_minor / 2)) < 1152921504606846976
                """
        )
        while let row = try rows.next() {
            findings.add(
                Difference(
                    table: "payment",
                    key: row[0] ?? "?",
                    column: "balance_minor",
                    stored: (row[1] as Int64?).map(String.init),
                    derived: (row[2] as Int64?).map { "\($0) in entries" }
                )
            )
        }
    }

    /// Each account keeps count of its open payments.
    private func compareOpenPayments(into findings: inout RebuildReport) throws {
        let rows = try GRDB.Row.fetchAll(
            database,
            sql: "SELECT name, open_payments, \(Self.openPayments) FROM main.account AS s"
        )
        for row in rows {
            let (stored, counted): (Int64, Int64) = (row[1], row[2])
            guard stored != counted else { continue }
            findings.add(
                Difference(
                    table: "account",
                    key: row[0],
                    column: "open_payments",
                    stored: "\(stored)",
                    derived: "\(counted)"
                )
            )
        }
    }

    /// The open payments of an account of the ledger, counted in the derived one.
    static let openPayments = """
        (SELECT count(*) FROM derived.payment WHERE payment.account = s.id AND merged_into IS NULL
         AND (state = 'pending' OR state = 'authorized' OR state = 'unknown'))
        """

    private func renumbered() throws -> Int {
        let table = DerivedTable.transition
        return try count(
            "SELECT count(*) FROM \(table.pairs(.stored)) WHERE s.seq <> d.seq AND NOT \(differs(table))"
        )
    }

    private func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
}
