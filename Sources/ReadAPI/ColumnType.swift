import LosslessJSON

/// The type of a column of a view, in the words of JSON Schema. The views' columns and their meaning are in
/// `schema_docs`; of what type they are is said here.
enum ColumnType: Sendable, Equatable {
    case integer
    /// 0 or 1.
    case flag
    /// UTC, as the views write it.
    case time
    case text

    init(_ column: String) {
        switch column {
        case _ where column.hasSuffix("_minor"), _ where Self.integers.contains(column): self = .integer
        case _ where Self.flags.contains(column): self = .flag
        case _ where column.hasSuffix("_at") || Self.times.contains(column): self = .time
        default: self = .text  // The views' set of names, not ours.
        }
    }

    private static let flags: Set = ["final", "paid", "test", "is_silent", "rejection_spike"]
    private static let times: Set = ["gateway_time", "active_until", "paused_until", "overdue_since", "waiting_since"]
    private static let integers: Set = [
        "seq", "id", "polls", "open_anomalies", "payments", "deliveries", "rule", "http_status", "size",
        "callbacks_24h", "rejected_24h", "rejected_1h", "pending", "overdue", "unresolved", "found_by_poll_24h",
        "open_alarms", "silent_for_seconds", "usual_silence_seconds", "changes_24h", "found_by_poll_percent",
        "rejected_not_kept_24h", "callback_id", "attempts", "last_status", "waiting", "gave_up", "cursor_seq", "behind",
    ]

    /// Columns that are never NULL.
    private static let known: [String: Set<String>] = [
        "payments": ["account", "gateway", "payment_id", "state", "final", "purpose", "paid", "updated_at"],
        "operations": ["account", "payment_id", "operation_id", "kind", "state", "updated_at"],
        "orders": ["account", "reference", "state", "paid", "payments"],
        "entries": ["seq", "account", "payment_id", "amount_minor", "recorded_at", "source", "evidence_id"],
        "transitions": ["seq", "account", "entity", "entity_id", "to_state", "source", "evidence_id", "recorded_at"],
        "callbacks": ["id", "account", "received_at", "deliveries", "verdict", "effect"],
        "polls": ["id", "account", "entity", "asked_at"],
        "anomalies": ["id", "kind", "severity", "account", "detail", "opened_at"],
        "account_health": ["account", "gateway", "callbacks_24h", "pending", "overdue", "open_alarms"],
        "forwards": ["id", "account", "target", "state"],
        "targets": ["kind", "name", "state"],
    ]

    /// The columns of bodies, which no answer has.
    static let left: Set = ["body", "digest"]

    /// The schema of the column's values.
    static func schema(_ column: String, of view: String, description: String) -> JSON {
        let isKnown = known[view]?.contains(column) == true
        func type(_ type: String) -> JSON { isKnown ? .string(type) : [.string(type), "null"] }
        let schema: JSON =
            switch ColumnType(column) {
            case .integer: ["type": type("integer")]
            case .flag: ["type": type("integer"), "enum": isKnown ? [0, 1] : [0, 1, .null]]
            case .time: ["type": type("string"), "format": "date-time"]
            case .text: ["type": type("string")]
            }
        return schema.with(["description": .string(description)])
    }
}
