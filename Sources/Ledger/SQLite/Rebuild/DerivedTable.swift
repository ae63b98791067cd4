/// A table that is derived from the evidence, wholly or in part: which columns are compared, and by which names two
/// rows are the same row.
///
/// Row numbers do not matter; a reference to a row is compared by the name of the row that it refers to.
struct DerivedTable: Sendable {
    /// One of the two ledgers that a connection sees.
    enum Side: String, Sendable {
        case stored = "main"
        case derived

        var other: Side { self == .stored ? .derived : .stored }
        var schema: String { rawValue }
        /// The alias of its row in a query.
        var row: String { self == .stored ? "s" : "d" }
    }

    struct Column: Sendable {
        enum Kind: Sendable {
            case plain
            case time
            case payment
            case checkout
            case subscription
        }

        let name: String
        let kind: Kind
        /// Whether it depends on the schedule that was in force.
        var isTiming = false
    }

    let name: String
    let columns: [Column]
    /// Columns that are not derived, or are part of the row's name.
    let others: [String]
    /// The rows of a side, and beside each the same row of the other side, if there is one.
    let pairs: @Sendable (Side) -> String
    /// A column that is NULL if the other side has no such row.
    var presence = "id"
    /// What the row is about, for people.
    let key: @Sendable (Side) -> String
}

extension DerivedTable.Column {
    /// The expression that is compared.
    func value(_ side: DerivedTable.Side) -> String {
        let column = "\(side.row).\"\(name)\""
        return switch kind {
        case .plain, .time: column
        case .payment: "(SELECT payment_id FROM \(side.schema).payment WHERE id = \(column))"
        case .checkout: "(SELECT token FROM \(side.schema).checkout WHERE id = \(column))"
        case .subscription: "(SELECT subscription_id FROM \(side.schema).subscription WHERE id = \(column))"
        }
    }

    /// The expression that is shown.
    func text(_ side: DerivedTable.Side) -> String {
        switch kind {
        case .time: "strftime('%Y-%m-%dT%H:%M:%fZ', \(value(side)) / 1000.0, 'unixepoch')"
        case .plain, .payment, .checkout, .subscription: "CAST(\(value(side)) AS TEXT)"
        }
    }
}

extension [DerivedTable.Column] {
    static func plain(_ names: String) -> Self { of(.plain, names) }
    static func times(_ names: String) -> Self { of(.time, names) }

    /// The polling state.
    static let timing: Self = (plain("reconciliation attempt") + times("wished_at asking_since")).map(\.asTiming)
    static let attempts: Self = (plain("attempt") + times("wished_at asking_since")).map(\.asTiming)

    /// The entities that evidence is about.
    static let subjects: Self =
        of(.payment, "payment") + plain("operation_id") + of(.checkout, "checkout") + of(.subscription, "subscription")

    static func of(_ kind: DerivedTable.Column.Kind, _ names: String) -> Self {
        names.split(separator: " ").map { DerivedTable.Column(name: String($0), kind: kind) }
    }
}

extension DerivedTable.Column {
    fileprivate var asTiming: Self { Self(name: name, kind: kind, isTiming: true) }
}
