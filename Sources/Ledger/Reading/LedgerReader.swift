import Payments

/// Reads the public views, read-only, as any other program would.
package struct LedgerReader: Sendable {
    let reader: any StoreReader

    init(reader: any StoreReader) {
        self.reader = reader
    }

    /// Opens the ledger without writing to it. On a server it may be read from a standby, if the URL says so.
    ///
    /// - Parameter isOfWriter: whether it has to be the server that takes writes, of several that the URL names.
    package init(at location: LedgerLocation, isOfWriter: Bool = false) throws(LedgerError) {
        switch location {
        case .file(let path): reader = try SQLiteReader(at: path, label: "reader")
        case .postgreSQL(let address):
            reader = PostgreSQLReader(address, isOfWriter: isOfWriter, api: try LibPQ.forLedger())
            do {
                _ = try reader.schema()
            } catch {
                throw LedgerError(error, at: location)
            }
        }
    }

    /// The payments that changed last, the most recent first.
    package func payments(_ filter: PaymentFilter) throws -> [ViewRow] {
        let arguments: [any Bindable] = [
            filter.account, filter.state?.rawValue, filter.isOverdue, filter.now.milliseconds, filter.limit,
            filter.changedSince?.milliseconds ?? Int64.min,
        ]
        guard let reference = filter.reference else { return try rows(Self.lastChanged, arguments) }
        return try rows(Self.ofReference, arguments + [reference])
    }

    /// SQLite reads a view for the chosen rows alone if it is joined by a comma or CROSS JOIN; for a LEFT JOIN it builds the
    /// whole of it first.
    private static let lastChanged: StaticString = """
        WITH chosen AS MATERIALIZED (
            SELECT account.name AS account, payment.payment_id AS payment_id
            FROM payment JOIN account ON account.id = payment.account
            WHERE merged_into IS NULL AND (account.name = ?1 OR ?1 IS NULL) AND (state = ?2 OR ?2 IS NULL)
              AND (?3 = 0 OR next_poll_at < ?4 OR EXISTS (
                  SELECT 1 FROM operation WHERE operation.payment = payment.id AND operation.next_poll_at < ?4))
              AND payment.updated_at >= ?6
            ORDER BY payment.updated_at DESC LIMIT ?5)
        SELECT payments.* FROM chosen CROSS JOIN payments
        WHERE payments.account = chosen.account AND payments.payment_id = chosen.payment_id
        ORDER BY payments.updated_at DESC
        """

    /// The payments of a reference are few: they are found by its indexes. ecommpay's own id of a payment is its
    /// reference.
    private static let ofReference: StaticString = """
        WITH chosen AS MATERIALIZED (
            SELECT account.name AS account, payment.payment_id AS payment_id
            FROM payment JOIN account ON account.id = payment.account
            WHERE payment.id IN (
                SELECT id FROM payment WHERE reference = ?7
                UNION SELECT id FROM payment WHERE watched_reference = ?7
                UNION SELECT id FROM payment WHERE checkout_token = ?7
                UNION SELECT payment.id FROM payment JOIN account ON account.id = payment.account
                      WHERE payment_id = ?7 AND folded = 0)
              AND merged_into IS NULL AND (account.name = ?1 OR ?1 IS NULL) AND (state = ?2 OR ?2 IS NULL)
              AND (?3 = 0 OR next_poll_at < ?4 OR EXISTS (
                  SELECT 1 FROM operation WHERE operation.payment = payment.id AND operation.next_poll_at < ?4))
              AND payment.updated_at >= ?6
            ORDER BY payment.updated_at DESC LIMIT ?5)
        SELECT payments.* FROM chosen CROSS JOIN payments
        WHERE payments.account = chosen.account AND payments.payment_id = chosen.payment_id
        ORDER BY payments.updated_at DESC
        """

    /// The anomalies that were opened last, the most recent first.
    ///
    /// - Parameter openAlarms: only those that a person should look at now.
    package func anomalies(openAlarms: Bool, account: String?, limit: Int) throws -> [ViewRow] {
        try rows(
            """
            SELECT * FROM anomalies
            WHERE (?1 = 0 OR id IN (SELECT id FROM anomaly WHERE closed_at IS NULL AND severity = 'alarm'))
              AND (account = ?2 OR ?2 IS NULL)
            ORDER BY opened_at DESC, id DESC LIMIT ?3
            """,
            [openAlarms, account, limit]
        )
    }

    /// The names of the accounts that the ledger has evidence of, or was opened with.
    package func accountNames() throws -> [String] {
        try rows("SELECT name FROM account ORDER BY name LIMIT 10000", []).map { $0.text("name") }
    }

    /// The callbacks about a payment, without their bodies.
    package func callbacks(of payment: String, account: String) throws -> [ViewRow] {
        try rows(
            """
            SELECT id, received_at, last_received_at, deliveries, remote_address, verdict, form, key_id, status, effect, rule,
                   operation_id, reverified_at
            FROM callbacks WHERE payment_id = ? AND account = ? ORDER BY id LIMIT 10000
            """,
            [payment, account]
        )
    }

    /// The health of each account.
    package func health() throws -> [ViewRow] {
        try rows("SELECT * FROM account_health ORDER BY account LIMIT 10000")
    }

    func rows(_ sql: StaticString, _ arguments: [any Bindable] = []) throws -> [ViewRow] {
        try reader.read { try $0.rows(sql, arguments).map(ViewRow.init) }
    }

    /// How long a read for the page or the API may take.
    package static let timeLimit = Duration.seconds(2)

    /// Reads for the page and the API, from one snapshot.
    ///
    /// - Throws: ``ReadTimeout`` after ``timeLimit``.
    func readWithin<Output: Sendable>(
        _ work: @escaping @Sendable (any Statements) throws -> Output
    ) async throws -> Output {
        try await reader.readWithin(Self.timeLimit, work)
    }
}
