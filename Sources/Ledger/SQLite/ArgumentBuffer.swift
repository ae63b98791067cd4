import GRDB
import GRDBSQLite

/// The memory of the texts and blobs that a statement is given: SQLite reads them where they are, instead of allocating
/// a copy of each.
///
/// They stay valid until the next statement is bound. One that runs later is bound anew before it runs, each of its
/// parameters.
struct ArgumentBuffer: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 1)
    private var used = 0

    deinit { memory.deallocate() }

    /// Binds all parameters of a statement, and returns SQLite's result code: that of the first that failed.
    mutating func bind(_ values: [SQLValue], to statement: SQLiteStatement) -> CInt {
        begin(needing: values.reduce(0) { $0 + $1.byteCount })
        for index in values.indices {
            let code = bind(values[index], to: statement, at: CInt(index + 1))
            guard code == SQLITE_OK else { return code }
        }
        return SQLITE_OK
    }

    private mutating func begin(needing count: Int) {
        used = 0
        guard count > memory.count else { return }
        memory.deallocate()
        memory = .allocate(byteCount: max(count, 2 * memory.count), alignment: 1)
    }

    private mutating func bind(_ value: SQLValue, to statement: SQLiteStatement, at index: CInt) -> CInt {
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let number): return sqlite3_bind_int64(statement, index, number)
        case .text(var text):
            let place = text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
            let start = place.baseAddress?.assumingMemoryBound(to: CChar.self)
            return sqlite3_bind_text(statement, index, start, CInt(place.count), isStatic)
        case .blob(let bytes):
            // An empty one has no address, and would be bound as NULL.
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
            let place = bytes.withUnsafeBytes { append($0) }
            return sqlite3_bind_blob(statement, index, place.baseAddress, CInt(place.count), isStatic)
        }
    }

    /// Copies bytes, and returns where they are.
    private mutating func append(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawBufferPointer {
        let place = UnsafeMutableRawBufferPointer(rebasing: memory[used..<used + bytes.count])
        place.copyMemory(from: bytes)
        used += bytes.count
        return place
    }
}

extension SQLValue {
    fileprivate var byteCount: Int {
        switch self {
        case .null, .integer: 0
        case .text(let text): text.utf8.count
        case .blob(let bytes): bytes.count
        }
    }
}

/// SQLITE_STATIC: the memory stays as it is while the statement runs.
private let isStatic: sqlite3_destructor_type? = nil
