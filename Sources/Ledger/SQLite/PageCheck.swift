import Foundation
import GRDB
package import Payments

/// The result of the last check of the database's pages.
package struct PageCheckOutcome: Sendable, Equatable {
    package let finishedAt: Timestamp
    /// The first finding, in SQLite's words; `nil` if there was none.
    package let damage: String?

    package init(finishedAt: Timestamp, damage: String?) {
        self.finishedAt = finishedAt
        self.damage = damage
    }
}

/// Reads every page that is in use, so that a damaged one is found while a backup still has it intact, and not on the
/// day when it is needed.
///
/// Small tables are given to SQLite's `quick_check`. Tables and indexes that may be large are read in their own order,
/// in pieces of some milliseconds: a read view that is held for long would keep the write-ahead log from starting over.
struct PageCheck {
    let queue: DatabaseQueue

    /// A table with no row number above this one is checked in one go, which takes some milliseconds.
    private static let smallTable = 500
    /// How long one piece holds its view, however slow the disk is.
    private static let piece = Duration.milliseconds(20)
    private static let rowsAtMost = 2000
    private static let findingsAtMost = 20

    /// - Parameter pause: awaited after each piece, with the time that the piece took.
    /// - Returns: what is wrong, one finding per line.
    func run(pause: (Duration) async throws -> Void) async throws -> [String] {
        var findings: [String] = []
        do {
            for table in try await queue.read({ try Table.all(in: $0) }) {
                if let whole = try await check(table, pause) {
                    findings += whole
                } else {
                    for tree in table.trees { findings += try await walk(tree, pause) }
                }
                guard findings.count < Self.findingsAtMost else { break }
            }
        } catch let error as DatabaseError {
            guard let finding = error.damage else { throw error }
            findings.append("the schema: \(finding)")
        }
        return Array(findings.prefix(Self.findingsAtMost))
    }

    /// Has SQLite check a small table with its indexes; returns `nil` if the table may be large.
    private func check(_ table: Table, _ pause: (Duration) async throws -> Void) async throws -> [String]? {
        let start = ContinuousClock.now
        do {
            let findings = try await queue.read { database -> [String]? in
                let last =
                    try table.hasNumbers
                    ? Int.fetchOne(database, sql: "SELECT max(rowid) FROM \(table.quoted)") ?? 0 : .max
                guard last <= Self.smallTable else { return nil }
                return try String.fetchAll(database, sql: "PRAGMA quick_check(\(table.quoted))").filter { $0 != "ok" }
            }
            try await pause(.now - start)
            return findings?.map { "\(table.name): \($0)" }
        } catch let error as DatabaseError {
            guard let finding = error.damage else { throw error }
            return ["\(table.name): \(finding)"]
        }
    }

    /// Reads a table or an index from its beginning to its end.
    private func walk(_ tree: Tree, _ pause: (Duration) async throws -> Void) async throws -> [String] {
        var position: Tree.Position? = .beginning
        while let current = position {
            let start = ContinuousClock.now
            do {
                position = try await queue.read {
                    try tree.read(from: current, for: Self.piece, atMost: Self.rowsAtMost, in: $0)
                }
            } catch let error as DatabaseError {
                guard let finding = error.damage else { throw error }
                return ["\(tree.name): \(finding)"]
            }
            try await pause(.now - start)
        }
        return []
    }
}

/// A table of the database, with what is needed to read it and its indexes in pieces.
private struct Table: Sendable {
    let name: String
    /// Whether its rows have numbers and are stored in their order.
    let hasNumbers: Bool
    let trees: [Tree]

    var quoted: String { "\"\(name)\"" }

    static func all(in database: Database) throws -> [Table] {
        let names = try String.fetchAll(
            database,
            sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY rootpage"
        )
        return try names.map { try Table($0, in: database) }
    }

    private init(_ name: String, in database: Database) throws {
        self.name = name
        hasNumbers =
            try Bool.fetchOne(database, sql: "SELECT wr = 0 FROM pragma_table_list WHERE name = ?", arguments: [name])
            ?? true
        let key = try String.fetchAll(
            database,
            sql: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
            arguments: [name]
        )
        let indexes = try GRDB.Row.fetchAll(
            database,
            sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND rootpage > 0",
            arguments: [name]
        )
        trees =
            [
                Tree(
                    name: name,
                    source: "\"\(name)\" NOT INDEXED",
                    filter: nil,
                    key: hasNumbers ? ["rowid"] : key,
                    columns: "*"
                )
            ]
            + (try indexes.map { try Tree(index: $0[0], of: name, sql: $0[1], in: database) })
    }
}

/// A B-tree with pages and an order of its own: a table, or an index.
private struct Tree: Sendable {
    /// Where a piece ended.
    struct Position: Sendable {
        /// The key of the last row that was read; `nil` before the first.
        let key: [DatabaseValue]?
        /// How many leading columns of the key stay the same in the rows that are read next.
        let depth: Int

        static let beginning = Position(key: nil, depth: 0)
    }

    let name: String
    private let source: String
    private let filter: String?
    private let key: [String]
    private let columns: String

    init(name: String, source: String, filter: String?, key: [String], columns: String) {
        self.name = name
        self.source = source
        self.filter = filter
        self.key = key.map { $0 == "rowid" ? $0 : "\"\($0)\"" }
        self.columns = columns
    }

    init(index: String, of table: String, sql: String?, in database: Database) throws {
        // Its own columns, and those that make its rows unique: all that it contains.
        let key = try GRDB.Row.fetchAll(
            database,
            sql: "SELECT name FROM pragma_index_xinfo(?) ORDER BY seqno",
            arguments: [index]
        )
        .map { row in row[0] as String? ?? "rowid" }
        // The index holds only rows that match, and SQLite uses it for no others.
        let filter = sql.flatMap { sql in sql.range(of: "WHERE").map { String(sql[$0.upperBound...]) } }
        self.init(name: index, source: "\"\(table)\" INDEXED BY \"\(index)\"", filter: filter, key: key, columns: "1")
    }

    /// Reads some more rows from a position.
    ///
    /// - Returns: where to continue; `nil` at the end.
    func read(from position: Position, for time: Duration, atMost limit: Int, in database: Database) throws -> Position?
    {
        let end = ContinuousClock.now + time
        var conditions = filter.map { ["(\($0))"] } ?? []
        var arguments: [DatabaseValue] = []
        if let last = position.key {
            for column in 0..<position.depth { conditions.append("\(key[column]) IS ?") }
            arguments = Array(last[..<position.depth])
            // NULL sorts first.
            conditions.append(
                last[position.depth].isNull ? "\(key[position.depth]) IS NOT NULL" : "\(key[position.depth]) > ?"
            )
            if !last[position.depth].isNull { arguments.append(last[position.depth]) }
        }
        let rows = try GRDB.Row.fetchCursor(
            database,
            sql: """
                SELECT \(key.joined(separator: ", ")), \(columns) FROM \(source)
                \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
                ORDER BY \(key[position.depth...].joined(separator: ", ")) LIMIT \(limit)
                """,
            arguments: StatementArguments(arguments)
        )
        var (last, count) = (position.key, 0)
        while let row = try rows.next() {
            last = (0..<key.count).map { row[$0] }
            count += 1
            if ContinuousClock.now > end { return Position(key: last, depth: key.count - 1) }
        }
        if count == limit { return Position(key: last, depth: key.count - 1) }
        // All rows with this prefix have been read; without a prefix, that is all rows.
        guard position.key != nil, position.depth > 0 else { return nil }
        return Position(key: position.key, depth: position.depth - 1)
    }
}

extension DatabaseError {
    /// What is wrong with the file, or with the disk under it; `nil` if the error is about something else.
    fileprivate var damage: String? {
        switch resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_IOERR: reason
        default: nil  // SQLite's set of codes, not ours.
        }
    }
}
