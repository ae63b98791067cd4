import GRDB

/// Keys for rows that have no name of their own: the evidence that they come from, and the entity that they are about,
/// in words; rows with equal keys are told apart by their order.
enum RowKeys {
    /// Creates the keys of all anomalies.
    static func makeForAnomalies(in database: Database) throws {
        for side in [DerivedTable.Side.stored, .derived] {
            try make(
                "anomaly",
                "id",
                """
                source || ':' || evidence || ' ' || kind
                || coalesce(' of checkout ' || \(token(side)), '') || coalesce(' of subscription ' || \(subscription(side)), '')
                """,
                of: "\(side.schema).anomaly AS r",
                side,
                in: database
            )
        }
    }

    /// Creates the keys of those transitions that differ from the transition with the same number on the other side:
    /// few, unless the feed has other numbers.
    ///
    /// - Returns: the first number that differs, if any does.
    static func makeForTransitions(in database: Database) throws -> Int64? {
        for side in [DerivedTable.Side.stored, .derived] {
            let values = { (side: DerivedTable.Side) in
                (["account", "source", "evidence"].map { "\(side.row).\($0)" }
                    + ([DerivedTable.Column].subjects + DerivedTable.transition.columns).map { $0.value(side) })
                    .joined(separator: ", ")
            }
            let (own, other) = (side.row, side.other.row)
            try database.execute(
                sql: """
                    CREATE TEMP TABLE \(side)_odd (seq INTEGER PRIMARY KEY);
                    INSERT INTO \(side)_odd SELECT \(own).seq FROM \(side.schema).transition AS \(own)
                    LEFT JOIN \(side.other.schema).transition AS \(other) ON \(other).seq = \(own).seq
                    WHERE \(other).seq IS NULL OR (\(values(side))) IS NOT (\(values(side.other)));
                    """
            )
            try make(
                "transition",
                "seq",
                """
                source || ':' || evidence || ' ' || coalesce('checkout ' || \(token(side)),
                    'subscription ' || \(subscription(side)),
                    'payment ' || (SELECT payment_id FROM \(side.schema).payment WHERE id = r.payment), '')
                || coalesce(' operation ' || operation_id, '')
                """,
                of: "temp.\(side)_odd JOIN \(side.schema).transition AS r ON r.seq = \(side)_odd.seq",
                side,
                in: database
            )
        }
        return try Int64.fetchOne(
            database,
            sql: "SELECT min(seq) FROM (SELECT seq FROM temp.stored_odd UNION ALL SELECT seq FROM temp.derived_odd)"
        )
    }

    static func dropAnomalies(in database: Database) throws {
        try database.execute(sql: "DROP TABLE temp.stored_anomaly_key; DROP TABLE temp.derived_anomaly_key")
    }

    static func dropTransitions(in database: Database) throws {
        try database.execute(
            sql: """
                DROP TABLE temp.stored_transition_key; DROP TABLE temp.derived_transition_key;
                DROP TABLE temp.stored_odd; DROP TABLE temp.derived_odd
                """
        )
    }

    private static func make(
        _ table: String,
        _ number: String,
        _ key: String,
        of rows: String,
        _ side: DerivedTable.Side,
        in database: Database
    ) throws {
        let name = side.keys(of: table)
        try database.execute(
            sql: """
                CREATE TEMP TABLE \(name) (key TEXT NOT NULL, turn INTEGER NOT NULL, number INTEGER NOT NULL,
                                           PRIMARY KEY (key, turn)) WITHOUT ROWID;
                INSERT INTO \(name)
                SELECT key, row_number() OVER (PARTITION BY key ORDER BY number), number
                FROM (SELECT \(key) AS key, r.\(number) AS number FROM \(rows));
                """
        )
    }

    private static func token(_ side: DerivedTable.Side) -> String {
        "(SELECT token FROM \(side.schema).checkout WHERE id = r.checkout)"
    }

    private static func subscription(_ side: DerivedTable.Side) -> String {
        "(SELECT subscription_id FROM \(side.schema).subscription WHERE id = r.subscription)"
    }
}
