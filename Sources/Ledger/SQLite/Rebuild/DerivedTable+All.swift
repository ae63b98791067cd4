/// The tables by name. A test checks the lists of columns against the schema, so that each new column is considered
/// here.
extension DerivedTable {
    static let all = [payment, operation, checkout, subscription, token, callback, poll, instruction, anomaly]

    static let payment = DerivedTable(
        name: "payment",
        columns: .plain(
            """
            reference checkout_token type purpose method status state nuance amount_minor currency initial_amount_minor \
            surcharge_minor held_minor captured_minor refunded_minor charged_back_minor paid_out_minor balance_minor \
            questioned_sum_minor test code message card_brand card_last_4 card_expiry last_source held \
            last_poll_outcome polls endpoint expected_amount_minor expected_currency watched_reference customer_id \
            card_token recurring_id recurring_expires_on
            """
        ) + .times("first_seen_at updated_at gateway_updated_at last_poll_at paid_at settled_at expires_at")
            + .of(.payment, "merged_into") + .timing,
        others: ["id", "account", "payment_id", "next_poll_at"],
        pairs: { same(.payment, by: "payment_id", on: $0) },
        key: { named($0, "payment_id") }
    )

    static let operation = DerivedTable(
        name: "operation",
        columns: .plain(
            """
            account parent_id type kind status state nuance amount_minor currency contest code message decline rrn \
            auth_code receipt_url test held endpoint
            """
        ) + .times("first_seen_at updated_at gateway_created_at gateway_updated_at corrected_at") + .timing,
        others: ["payment", "operation_id", "next_poll_at"],
        pairs: { side in
            let (own, other) = (side.row, side.other.row)
            return """
                \(side.schema).operation AS \(own)
                JOIN \(side.schema).payment AS \(own)p ON \(own)p.id = \(own).payment
                LEFT JOIN \(side.other.schema).payment AS \(other)p
                    ON \(other)p.payment_id = \(own)p.payment_id AND \(other)p.account = \(own)p.account
                LEFT JOIN \(side.other.schema).operation AS \(other)
                    ON \(other).payment = \(other)p.id AND \(other).operation_id = \(own).operation_id
                """
        },
        presence: "operation_id",
        key: { side in
            """
            (SELECT name FROM main.account WHERE id = \(side.row)p.account) || '/' || \(side.row)p.payment_id || '/'
            || \(side.row).operation_id
            """
        }
    )

    static let checkout = DerivedTable(
        name: "checkout",
        columns: .plain(
            """
            reference status state finished expired test amount_minor currency payment_id held expected_amount_minor \
            expected_currency watched_reference
            """
        ) + .times("first_seen_at updated_at expires_at") + .timing,
        others: ["id", "account", "token", "next_poll_at"],
        pairs: { same(.checkout, by: "token", on: $0) },
        key: { named($0, "token") }
    )

    static let subscription = DerivedTable(
        name: "subscription",
        columns: .plain(
            "reference status state judged event plan amount_minor currency payment_id paid_cycles held"
        ) + .times("first_seen_at updated_at gateway_updated_at renews_at active_until") + .attempts,
        others: ["id", "account", "subscription_id", "next_poll_at"],
        pairs: { same(.subscription, by: "subscription_id", on: $0) },
        key: { named($0, "subscription_id") }
    )

    static let token = DerivedTable(
        name: "token",
        columns: .plain("customer_id reference payment_id card_brand card_last_4 expires_on source evidence")
            + .times("updated_at"),
        others: ["account", "kind", "token"],
        pairs: { side in
            let (own, other) = (side.row, side.other.row)
            return """
                \(side.schema).token AS \(own) LEFT JOIN \(side.other.schema).token AS \(other)
                ON \(other).account = \(own).account AND \(other).kind = \(own).kind AND \(other).token = \(own).token
                """
        },
        presence: "kind",
        // The token itself is as sensitive as a secret: the row is named by the evidence that reported it.
        key: { "\($0.row).kind || ' of ' || \($0.row).source || ':' || \($0.row).evidence" }
    )

    static let callback = DerivedTable(
        name: "callback",
        columns: .plain("status effect rule") + .subjects,
        others: [
            "id", "account", "received_at", "last_received_at", "deliveries", "remote_address", "verdict", "form",
            "key_id", "detail", "digest", "locality", "body", "reverified_at", "content_type", "content_signature",
        ],
        pairs: { numbered("callback", on: $0) },
        key: { "'callback:' || \($0.row).id" }
    )

    static let poll = DerivedTable(
        name: "poll",
        columns: .plain("outcome rule status") + .subjects,
        others: [
            "id", "account", "asked_at", "answered_at", "http_status", "body", "endpoint", "detail", "after_callback",
            "recorded_at", "asked_entity", "asked_id", "mark", "wish", "pause", "interrupted",
            "size", "digest", "kept_bytes",
        ],
        pairs: { numbered("poll", on: $0) },
        key: { "'poll:' || \($0.row).id" }
    )

    static let instruction = DerivedTable(
        name: "instruction",
        columns: .subjects,
        others: [
            "id", "account", "given_at", "command", "reference", "amount_minor", "currency", "callback", "kind", "note",
            "after_callback", "after_poll", "named",
        ],
        pairs: { numbered("instruction", on: $0) },
        key: { "'operator:' || \($0.row).id" }
    )

    static let anomaly = DerivedTable(
        name: "anomaly",
        columns: .plain("severity detail callback resolution acknowledged") + .times("opened_at closed_at")
            + .of(.payment, "payment"),
        others: ["id", "kind", "account", "source", "evidence", "checkout", "subscription"],
        pairs: { keyed("anomaly", "id", on: $0) },
        key: { "\($0.row)k.key" }
    )

    static let transition = DerivedTable(
        name: "transition",
        columns: .plain(
            """
            from_status to_status from_state to_state nuance kind amount_minor currency held_minor captured_minor \
            refunded_minor charged_back_minor paid_out_minor moved_minor moved_by
            """
        )
            + .times("gateway_time recorded_at"),
        others: ["seq", "account", "payment", "operation_id", "checkout", "subscription", "source", "evidence"],
        pairs: { keyed("transition", "seq", on: $0) },
        presence: "seq",
        key: { "\($0.row)k.key" }
    )
}

// MARK: Which rows are the same

extension DerivedTable {
    private enum NamedTable: String {
        case payment
        case checkout
        case subscription
    }

    /// Matches rows by the gateway's name of the entity within an account.
    private static func same(_ table: NamedTable, by column: String, on side: Side) -> String {
        let (own, other) = (side.row, side.other.row)
        return """
            \(side.schema).\(table.rawValue) AS \(own) LEFT JOIN \(side.other.schema).\(table.rawValue) AS \(other)
            ON \(other).\(column) = \(own).\(column) AND \(other).account = \(own).account
            """
    }

    private static func named(_ side: Side, _ column: String) -> String {
        "(SELECT name FROM main.account WHERE id = \(side.row).account) || '/' || \(side.row).\(column)"
    }

    /// Matches rows by the number of the evidence, which never changes.
    private static func numbered(_ table: String, on side: Side) -> String {
        let (own, other) = (side.row, side.other.row)
        return """
            \(side.schema).\(table) AS \(own) LEFT JOIN \(side.other.schema).\(table) AS \(other)
            ON \(other).id = \(own).id
            """
    }

    /// Matches rows by the keys that ``RowKeys`` made for them.
    private static func keyed(_ table: String, _ number: String, on side: Side) -> String {
        let (own, other) = (side.row, side.other.row)
        return """
            temp.\(side.keys(of: table)) AS \(own)k
            JOIN \(side.schema).\(table) AS \(own) ON \(own).\(number) = \(own)k.number
            LEFT JOIN temp.\(side.other.keys(of: table)) AS \(other)k
                ON \(other)k.key = \(own)k.key AND \(other)k.turn = \(own)k.turn
            LEFT JOIN \(side.other.schema).\(table) AS \(other) ON \(other).\(number) = \(other)k.number
            """
    }
}

extension DerivedTable.Side {
    /// The temporary table that holds the keys of a table's rows.
    func keys(of table: String) -> String { "\(self)_\(table)_key" }
}
