import GRDB

/// Entities that cannot be derived again because a body has been emptied, and all that share evidence with them:
/// payments, checkouts and subscriptions, as temporary tables of the reading connection.
enum PrunedEntities {
    /// Finds these entities.
    ///
    /// - Returns: whether there are any.
    static func find(in database: Database) throws -> Bool {
        try database.execute(
            sql: """
                CREATE TEMP TABLE emptied AS
                SELECT payment, checkout, subscription FROM main.callback WHERE body IS NULL
                UNION ALL SELECT payment, checkout, subscription FROM main.poll
                WHERE body IS NULL AND outcome IN ('applied', 'unchanged', 'late', 'unrecognised');
                CREATE TEMP TABLE kept_payment (id INTEGER PRIMARY KEY);
                CREATE TEMP TABLE kept_checkout (id INTEGER PRIMARY KEY);
                CREATE TEMP TABLE kept_subscription (id INTEGER PRIMARY KEY);
                INSERT OR IGNORE INTO kept_payment SELECT payment FROM temp.emptied WHERE payment NOT NULL;
                INSERT OR IGNORE INTO kept_checkout SELECT checkout FROM temp.emptied WHERE checkout NOT NULL;
                INSERT OR IGNORE INTO kept_subscription SELECT subscription FROM temp.emptied
                WHERE subscription NOT NULL;
                """
        )
        var (before, count) = (0, try total(in: database))
        while count > before {
            before = count
            for step in steps { try database.execute(sql: step) }
            count = try total(in: database)
        }
        return count > 0
    }

    /// The number of payments among them that are not merged into another.
    static func payments(in database: Database) throws -> Int {
        try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM main.payment WHERE id IN temp.kept_payment AND merged_into IS NULL"
        ) ?? 0
    }

    private static func total(in database: Database) throws -> Int {
        try Int.fetchOne(
            database,
            sql: """
                SELECT (SELECT count(*) FROM temp.kept_payment) + (SELECT count(*) FROM temp.kept_checkout)
                     + (SELECT count(*) FROM temp.kept_subscription)
                """
        ) ?? 0
    }

    /// Entities that evidence reports together, or that refer to each other, are kept together.
    private static let steps: [String] = {
        let merged = """
            INSERT OR IGNORE INTO kept_payment SELECT merged_into FROM main.payment
            WHERE id IN temp.kept_payment AND merged_into NOT NULL
            UNION SELECT id FROM main.payment WHERE merged_into IN temp.kept_payment
            """
        let named = [
            """
            INSERT OR IGNORE INTO kept_checkout SELECT checkout.id FROM main.payment
            JOIN main.checkout ON checkout.token = payment.checkout_token AND checkout.account = payment.account
            WHERE payment.id IN temp.kept_payment
            """,
            """
            INSERT OR IGNORE INTO kept_payment SELECT payment.id FROM main.checkout
            JOIN main.payment ON payment.checkout_token = checkout.token AND payment.account = checkout.account
            WHERE checkout.id IN temp.kept_checkout
            """,
            """
            INSERT OR IGNORE INTO kept_payment SELECT payment.id FROM main.checkout
            JOIN main.payment ON payment.payment_id = checkout.payment_id AND payment.account = checkout.account
            WHERE checkout.id IN temp.kept_checkout
            """,
            """
            INSERT OR IGNORE INTO kept_checkout SELECT checkout.id FROM main.checkout
            JOIN main.payment ON payment.payment_id = checkout.payment_id AND payment.account = checkout.account
            WHERE payment.id IN temp.kept_payment
            """,
            """
            INSERT OR IGNORE INTO kept_payment SELECT payment.id FROM main.subscription
            JOIN main.payment ON payment.payment_id = subscription.payment_id AND payment.account = subscription.account
            WHERE subscription.id IN temp.kept_subscription
            """,
            """
            INSERT OR IGNORE INTO kept_subscription SELECT subscription.id FROM main.subscription
            JOIN main.payment ON payment.payment_id = subscription.payment_id AND payment.account = subscription.account
            WHERE payment.id IN temp.kept_payment
            """,
        ]
        let links = [
            ("payment", "checkout"), ("checkout", "payment"), ("payment", "subscription"), ("subscription", "payment"),
        ]
        let together = ["callback", "poll"].flatMap { table in
            links.map { known, other in
                """
                INSERT OR IGNORE INTO kept_\(other) SELECT \(other) FROM main.\(table)
                WHERE \(known) IN temp.kept_\(known) AND \(other) NOT NULL
                """
            }
        }
        return [merged] + named + together
    }()
}

extension PrunedEntities {
    /// Copies the rows of these entities from one ledger to another, under the same numbers.
    static func copy(from stored: Database, to derived: Database) throws {
        for kind in ["payment", "checkout", "subscription"] {
            try RowCopy(of: kind, from: stored, to: derived).copy(where: "id IN temp.kept_\(kind)")
        }
        try RowCopy(of: "operation", from: stored, to: derived).copy(where: "payment IN temp.kept_payment")
        try RowCopy(of: "anomaly", from: stored, to: derived).copy(
            where: """
                payment IN temp.kept_payment OR (payment IS NULL AND checkout IN temp.kept_checkout)
                OR subscription IN temp.kept_subscription
                """
        )
        try stored.execute(
            sql: """
                CREATE TEMP TABLE kept_transition AS SELECT source, evidence, seq FROM main.transition
                WHERE payment IN temp.kept_payment OR checkout IN temp.kept_checkout
                   OR subscription IN temp.kept_subscription;
                CREATE INDEX temp.kept_transition_by_evidence ON kept_transition (evidence, source);
                """
        )
    }

    /// Copies tokens that were last reported by evidence which is not recorded again.
    static func copyTokens(from stored: Database, to derived: Database) throws {
        try RowCopy(of: "token", from: stored, to: derived).copy(
            where: """
                EXISTS (SELECT 1 FROM main.callback WHERE token.source = 'callback' AND callback.id = token.evidence
                        AND (body IS NULL OR payment IN temp.kept_payment OR checkout IN temp.kept_checkout
                             OR subscription IN temp.kept_subscription))
                OR EXISTS (SELECT 1 FROM main.poll WHERE token.source = 'poll' AND poll.id = token.evidence
                           AND (body IS NULL OR payment IN temp.kept_payment OR checkout IN temp.kept_checkout
                                OR subscription IN temp.kept_subscription))
                """
        )
    }

    /// Copies the anomalies of callbacks without a body that concern no known entity.
    static func copyLoneAnomalies(from stored: Database, to derived: Database) throws {
        try RowCopy(of: "anomaly", from: stored, to: derived).copy(
            where: """
                callback NOT NULL AND EXISTS (
                    SELECT 1 FROM main.callback WHERE callback.id = anomaly.callback AND callback.body IS NULL)
                """
        )
    }
}

/// Copies rows of a table from one ledger to another, without bodies.
struct RowCopy {
    private let table: String
    private let columns: [String]
    private let stored: Database
    private let derived: Database

    init(of table: String, from stored: Database, to derived: Database, without left: String? = nil) throws {
        self.table = table
        columns = try stored.columns(in: table, in: "main").map(\.name).filter { $0 != "body" && $0 != left }
        self.stored = stored
        self.derived = derived
    }

    /// - Parameter condition: a condition from this program, never from outside.
    func copy(where condition: String, _ arguments: StatementArguments = []) throws {
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let places = repeatElement("?", count: columns.count).joined(separator: ", ")
        let rows = try GRDB.Row.fetchCursor(
            stored.cachedStatement(sql: "SELECT \(list) FROM main.\(table) WHERE \(condition)"),
            arguments: arguments
        )
        let insert = try derived.cachedStatement(sql: "INSERT INTO \(table) (\(list)) VALUES (\(places))")
        while let row = try rows.next() {
            try insert.execute(arguments: StatementArguments(row.databaseValues))
        }
    }
}
