/// Reads and fills whole tables on one connection, within its transaction.
final class PostgreSQLTables: TableWriter {
    /// The session's own settings: those of a server or a role that are to end long transactions must not end this one.
    /// `transaction_timeout` is known from PostgreSQL 17 on.
    static let setup = """
        SET statement_timeout = 0;
        SET idle_in_transaction_session_timeout = 0;
        SET idle_session_timeout = 0;
        SET lock_timeout = '5s';
        SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout'
        """
    /// How long the server may take for anything. The longest is the COMMIT, which has gigabytes to write.
    static let patience = Duration.seconds(600)

    private let connection: PostgreSQLConnection
    private let location: LedgerLocation
    /// The table that is being filled, with what has not been sent yet.
    private var filled: (table: CopiedTable, rows: BinaryRows)?

    init(on connection: PostgreSQLConnection, at location: LedgerLocation) {
        self.connection = connection
        self.location = location
    }

    // MARK: Reading

    func columns(of table: CopiedTable) throws -> [String] {
        try explained {
            try connection.rows(
                ofText: """
                    SELECT attname FROM pg_catalog.pg_attribute
                    WHERE attrelid = CAST('paystate.\(table.quotedName)' AS regclass)
                        AND attnum > 0 AND NOT attisdropped
                    ORDER BY attnum
                    """
            ).map { $0[0] }
        }
    }

    func read(_ table: CopiedTable, _ columns: [String], _ work: (_ rows: [[SQLValue]]) throws -> Void) throws {
        try explained {
            try connection.send(text: "DECLARE copied_rows NO SCROLL CURSOR FOR \(table.selection(of: columns))")
            while true {
                let rows = try connection.rows(ofText: "FETCH \(table.portion) FROM copied_rows")
                guard !rows.isEmpty else { break }
                try work(rows.map(\.values))
            }
            try connection.send(text: "CLOSE copied_rows")
        }
    }

    /// The names of the leases that are held, each with its holder.
    func leases() throws -> [String] {
        try explained {
            try connection.rows(
                ofText: "SELECT name || ' of ' || holder FROM lease WHERE until > clock_timestamp() ORDER BY name"
            ).map { $0[0] }
        }
    }

    func isEmpty(_ table: CopiedTable) throws -> Bool {
        try explained { try connection.rows(ofText: "SELECT 1 FROM \(table.quotedName) LIMIT 1").isEmpty }
    }

    // MARK: Filling

    func begin(_ table: CopiedTable, _ columns: [String]) throws {
        try explained {
            try connection.send(text: "DELETE FROM \(table.quotedName)")
            let names = CopiedTable.quoted(columns)
            try connection.beginCopy("COPY \(table.quotedName) (\(names)) FROM STDIN WITH (FORMAT binary)")
        }
        filled = (table, BinaryRows())
    }

    func write(_ rows: [[SQLValue]]) throws {
        for row in rows {
            filled?.rows.append(row)
            guard let count = filled?.rows.bytes.count, count >= 1 << 18 else { continue }
            try send()
        }
    }

    func end() throws {
        filled?.rows.finish()
        try send()
        guard let table = filled?.table else { return }
        filled = nil
        do {
            try connection.endCopy()
        } catch {
            throw CopyError(error, filling: table, at: location)
        }
        // Until the server counts the rows by itself, it would plan as for an empty table.
        try explained { try connection.send(text: "ANALYZE \(table.quotedName)") }
    }

    private func send() throws {
        guard let bytes = filled?.rows.takeBytes() else { return }
        try explained { try connection.sendCopy(bytes) }
    }

    /// What the work itself throws, such as an error of the other database, passes as it is.
    private func explained<Output>(_ work: () throws -> Output) throws -> Output {
        do {
            return try work()
        } catch let error as PostgreSQLError {
            throw CopyError(error, at: location)
        }
    }
}

/// Rows as `COPY … WITH (FORMAT binary)` takes them: each value with its length before it, so that nothing is escaped.
private struct BinaryRows {
    private(set) var bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

    mutating func append(_ values: [SQLValue]) {
        append(Int16(values.count))
        for value in values {
            switch value {
            case .null:
                append(Int32(-1))
            case .integer(let number):
                append(Int32(8))
                append(number)
            case .text(let text):
                append(Int32(text.utf8.count))
                bytes.append(contentsOf: text.utf8)
            case .blob(let blob):
                append(Int32(blob.count))
                bytes.append(contentsOf: blob)
            }
        }
    }

    /// Says that no row follows.
    mutating func finish() {
        append(Int16(-1))
    }

    mutating func takeBytes() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

extension CopyError {
    init(_ error: PostgreSQLError, at location: LedgerLocation) {
        let database = location.description
        switch error.state {
        case _ where error.endsConnection: self = .isDisconnected(database: database, reason: error.description)
        case "53100": self = .cannotUse(.cannotWrite(path: database, reason: error.description))
        // SQLSTATE is an open set.
        default: self = .cannotUse(LedgerError(error, at: location))
        }
    }

    /// What violates a rule of the schema, or is no value of a type, is a row's fault.
    fileprivate init(_ error: PostgreSQLError, filling table: CopiedTable, at location: LedgerLocation) {
        switch error.state {
        case let state? where state.hasPrefix("22") || state.hasPrefix("23"):
            self = .isRefused(table: table.name, reason: error.description)
        default: self.init(error, at: location)  // SQLSTATE is an open set.
        }
    }
}
