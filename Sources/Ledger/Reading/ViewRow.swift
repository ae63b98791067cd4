import Glibc
package import Payments

/// A row of a public view, its columns in order.
package struct ViewRow: Sendable {
    package enum Value: Sendable, Equatable {
        case null
        case integer(Int64)
        case text(String)
    }

    package let columns: [(name: String, value: Value)]

    package init(columns: [(name: String, value: Value)]) {
        self.columns = columns
    }

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
    init(_ row: Row) {
        self.init(row, from: 0)
    }

    /// - Parameter first: the column that is the first of the view; what stands before it is for us.
    init(_ row: Row, from first: Int) {
        columns = zip(row.columns, row.values).dropFirst(first).map { ($0, Value($1)) }
    }
}

extension ViewRow.Value {
    /// The views that are read here hold integers and text only; anything else is shown as text.
    init(_ value: SQLValue) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .integer(number)
        case .text(let text): self = .text(text)
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
    /// Only those with this reference: the gateway's, the watched one, or a checkout's token.
    package var reference: String?
    /// Only those that changed at or after this time.
    package var changedSince: Timestamp?
    package var now: Timestamp
    package var limit: Int

    package init(
        account: String?,
        state: State?,
        isOverdue: Bool,
        reference: String? = nil,
        changedSince: Timestamp? = nil,
        now: Timestamp,
        limit: Int
    ) {
        self.account = account
        self.state = state
        self.isOverdue = isOverdue
        self.reference = reference
        self.changedSince = changedSince
        self.now = now
        self.limit = limit
    }
}

extension Timestamp {
    /// Parses a time of the views: `2026-11-22T10:00:01.250Z`.
    package init?(viewed text: String) {
        let numbers = text.split { !$0.isNumber }.compactMap { Int32($0) }
        guard numbers.count == 7 else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
            numbers[0].subtractingSaturated(1900), numbers[1] - 1, numbers[2]
        )
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        self.init(milliseconds: Int64(timegm(&parts)).multipliedSaturated(by: 1000).addingSaturated(Int64(numbers[6])))
    }
}
