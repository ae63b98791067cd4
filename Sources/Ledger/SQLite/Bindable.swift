import GRDB
import GRDBSQLite

/// A value that is bound to a statement as it is, without boxing: eight rows are written for each callback.
protocol Bindable {
    /// Binds the value to a parameter, counted from 1, and returns SQLite's result code.
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt
}

extension Int64: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { sqlite3_bind_int64(statement, index, self) }
}

extension Int: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { Int64(self).bind(to: statement, at: index) }
}

extension Bool: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        sqlite3_bind_int(statement, index, self ? 1 : 0)
    }
}

extension String: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        // An empty string may have no address, and a null address would bind NULL.
        guard !isEmpty else { return sqlite3_bind_text(statement, index, "", 0, copied) }
        var text = self
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                sqlite3_bind_text(statement, index, text.baseAddress, CInt(text.count), copied)
            }
        }
    }
}

extension [UInt8]: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        guard !isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
        return withUnsafeBytes { sqlite3_bind_blob(statement, index, $0.baseAddress, CInt($0.count), copied) }
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        switch self {
        case .some(let value): value.bind(to: statement, at: index)
        case .none: sqlite3_bind_null(statement, index)
        }
    }
}

/// A value of a row that is written for each callback: unlike an `any Bindable`, it is neither boxed nor dispatched on
/// its dynamic type.
enum Argument: Bindable {
    case null
    case number(Int64)
    case text(String)
    case blob([UInt8])

    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        switch self {
        case .null: sqlite3_bind_null(statement, index)
        case .number(let number): number.bind(to: statement, at: index)
        case .text(let text): text.bind(to: statement, at: index)
        case .blob(let bytes): bytes.bind(to: statement, at: index)
        }
    }
}

/// Collects the arguments of a statement, one per line.
@resultBuilder
enum ArgumentsBuilder {
    static func buildExpression(_ value: Int64?) -> Argument { value.map { .number($0) } ?? .null }
    static func buildExpression(_ value: Int?) -> Argument { value.map { .number(Int64($0)) } ?? .null }
    static func buildExpression(_ value: Bool?) -> Argument { value.map { .number($0 ? 1 : 0) } ?? .null }
    static func buildExpression(_ value: String?) -> Argument { value.map { .text($0) } ?? .null }
    static func buildExpression(_ value: [UInt8]?) -> Argument { value.map { .blob($0) } ?? .null }
    static func buildBlock(_ arguments: Argument...) -> [Argument] { arguments }
}

/// SQLITE_TRANSIENT: SQLite makes a copy before the call returns.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
