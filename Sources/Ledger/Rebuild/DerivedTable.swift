/// A table that is derived from the evidence, wholly or in part: what of it is compared, and by which names its rows are the same
/// row. Numbers of rows are nobody's business; whatever refers to one is compared by the name of what it refers to.
struct DerivedTable: Sendable {
    /// A ledger among the two that a connection sees.
    enum Side: String, Sendable {
        case stored = "main"
        case derived

        var other: Side { self == .stored ? .derived : .stored }
        var schema: String { rawValue }
        /// The name of its row in a query.
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
    /// What is not derived, or is part of the row's name.
    let others: [String]
    /// The rows of a side, and beside each the same row of the other side, if there is one.
    let pairs: @Sendable (Side) -> String
    /// The column that is NULL where the other side has no such row.
    var presence = "id"
    /// What the row is about, for people.
    let key: @Sendable (Side) -> String
}

extension DerivedTable.Column {
    /// What is compared.
    func value(_ side: DerivedTable.Side) -> String {
        let column = "\(side.row).\"\(name)\""
        return switch kind {
        case .plain, .time: column
        case .payment: "(SELECT payment_id FROM \(side.schema).payment WHERE id = \(column))"
        case .checkout: "(SELECT token FROM \(side.schema).checkout WHERE id = \(column))"
        case .subscription: "(SELECT subscription_id FROM \(side.schema).subscription WHERE id = \(column))"
        }
    }

    /// What is shown.
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

    /// How the asking stands.
    static let timing: Self = (plain("reconciliation attempt") + times("wished_at asking_since")).map(\.asTiming)
    static let attempts: Self = (plain("attempt") + times("wished_at asking_since")).map(\.asTiming)

    /// What evidence is about.
    static let subjects: Self =
        of(.payment, "payment") + plain("operation_id") + of(.checkout, "checkout") + of(.subscription, "subscription")

    static func of(_ kind: DerivedTable.Column.Kind, _ names: String) -> Self {
        names.split(separator: " ").map { DerivedTable.Column(name: String($0), kind: kind) }
    }
}

extension DerivedTable.Column {
    fileprivate var asTiming: Self { Self(name: name, kind: kind, isTiming: true) }
}
