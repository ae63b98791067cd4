import GRDB
package import Payments

/// A row of a public view, its columns in order.
package struct ViewRow: Sendable {
    package enum Value: Sendable, Equatable {
        case null
        case integer(Int64)
        case text(String)
    }

    package let columns: [(name: String, value: Value)]

    package subscript(_ column: String) -> Value {
        columns.first { $0.name == column }?.value ?? .null
    }

    /// The column as text; empty if it is NULL.
    package func text(_ column: String) -> String {
        switch self[column] {
        case .null: ""
        case .integer(let number): String(number)
        case .text(let text): text
        }
    }
}

extension ViewRow {
    static func fetch(_ sql: String, _ arguments: StatementArguments, in database: Database) throws -> [ViewRow] {
        try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
            ViewRow(columns: row.map { name, value in (name, Value(value)) })
        }
    }
}

extension ViewRow.Value {
    /// The views that are read here hold integers and text only; anything else is shown as text.
    init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .string(let text): self = .text(text)
        case .double(let number): self = .text("\(number)")
        case .blob(let bytes): self = .text(String(decoding: bytes, as: UTF8.self))
        }
    }
}

/// Selects payments.
package struct PaymentFilter: Sendable {
    package var account: String?
    package var state: State?
    /// Only those whose next poll is overdue at `now`.
    package var isOverdue: Bool
    package var now: Timestamp
    package var limit: Int

    package init(account: String?, state: State?, isOverdue: Bool, now: Timestamp, limit: Int) {
        self.account = account
        self.state = state
        self.isOverdue = isOverdue
        self.now = now
        self.limit = limit
    }
}
