/// A row that a statement returned, whatever the engine.
struct Row: Sendable {
    /// The names of the columns, shared by all rows of a statement.
    let columns: [String]
    let values: [SQLValue]

    /// The value of a column, counted from 0 in the order in which the statement names them.
    ///
    /// The schema guarantees the types: a mismatch is a mistake in the statement, and ends the process.
    subscript<Value: Bindable>(index: Int) -> Value {
        guard let value = Value(values[index]) else {
            fatalError("the column \(columns[index]) is no \(Value.self)")
        }
        return value
    }
}

/// A row holds what no correct program could have written: the file is damaged.
struct DamagedRow: Error, CustomStringConvertible {
    let description: String
}

/// A value as a database stores it. Flags are integers, 0 or 1, in every engine.
enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// Texts are equal if their bytes are, as in every database: to Swift a composed and a decomposed é are the same.
extension SQLValue: Hashable {
    static func == (one: SQLValue, other: SQLValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.integer(let one), .integer(let other)): one == other
        case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
        case (.blob(let one), .blob(let other)): one == other
        case (.null, _), (.integer, _), (.text, _), (.blob, _): false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .integer(let number): hasher.combine(number)
        case .text(let text):
            for byte in text.utf8 { hasher.combine(byte) }
        case .blob(let bytes): hasher.combine(bytes)
        }
    }
}

/// The type of a column or a parameter.
enum ColumnType: Sendable {
    case integer
    case text
    case blob
    /// Not known beforehand.
    case any
}

/// A type that is bound to statements and read from columns.
protocol Bindable {
    /// Of a parameter that may be NULL, too, for which an engine could not tell it otherwise.
    static var columnType: ColumnType { get }

    var sqlValue: SQLValue { get }

    /// - Returns: `nil` if the value is of another type.
    init?(_ value: SQLValue)
}

extension SQLValue: Bindable {
    static var columnType: ColumnType { .any }
    var sqlValue: SQLValue { self }
    init(_ value: SQLValue) { self = value }
}

extension Int64: Bindable {
    static var columnType: ColumnType { .integer }
    var sqlValue: SQLValue { .integer(self) }

    init?(_ value: SQLValue) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
}

extension Int: Bindable {
    static var columnType: ColumnType { .integer }
    var sqlValue: SQLValue { .integer(Int64(self)) }

    init?(_ value: SQLValue) {
        guard case .integer(let number) = value else { return nil }
        self = Int(number)
    }
}

extension Bool: Bindable {
    static var columnType: ColumnType { .integer }
    var sqlValue: SQLValue { .integer(self ? 1 : 0) }

    init?(_ value: SQLValue) {
        guard case .integer(let number) = value else { return nil }
        self = number != 0
    }
}

extension String: Bindable {
    static var columnType: ColumnType { .text }
    var sqlValue: SQLValue { .text(self) }

    init?(_ value: SQLValue) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
}

extension [UInt8]: Bindable {
    static var columnType: ColumnType { .blob }
    var sqlValue: SQLValue { .blob(self) }

    init?(_ value: SQLValue) {
        guard case .blob(let bytes) = value else { return nil }
        self = bytes
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    static var columnType: ColumnType { Wrapped.columnType }
    var sqlValue: SQLValue { map(\.sqlValue) ?? .null }

    init?(_ value: SQLValue) {
        guard value != .null else {
            self = .none
            return
        }
        guard let wrapped = Wrapped(value) else { return nil }
        self = .some(wrapped)
    }
}

/// Collects the arguments of a statement, one per line. Unlike `any Bindable`, they are neither boxed nor dispatched on
/// their dynamic types: eight rows are written for each callback.
@resultBuilder
enum ArgumentsBuilder {
    static func buildExpression(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    static func buildExpression(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }
    static func buildExpression(_ value: Bool?) -> SQLValue { value.map { .integer($0 ? 1 : 0) } ?? .null }
    static func buildExpression(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    static func buildExpression(_ value: [UInt8]?) -> SQLValue { value.map { .blob($0) } ?? .null }
    static func buildBlock(_ values: SQLValue...) -> [SQLValue] { values }
}
