import Foundation

extension PostgreSQLDatabase {
    /// Runs a script of psql as another program would, and returns what it wrote.
    ///
    /// - Parameters:
    ///   - variables: psql's own, whose values are SQL.
    ///   - isOneTransaction: whether all of it is carried out or nothing.
    package func run(
        script: String,
        variables: [String: String] = [:],
        isOneTransaction: Bool = false
    ) throws -> String {
        let files = try TemporaryFolder()
        defer { files.remove() }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
                "--pset", "null=-", "--field-separator", Self.betweenFields, "--record-separator", Self.betweenRows,
            ]
            + (isOneTransaction ? ["--single-transaction"] : [])
            + variables.flatMap { ["--set", "\($0.key)=\($0.value)"] }
            + ["--dbname", url, "--file", try files.write(script, to: "script")]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "PGOPTIONS": "-c search_path=paystate -c client_min_messages=warning", "PGCLIENTENCODING": "UTF8",
        ]) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files, because a pipe that is full would hold the program up.
        process.standardOutput = FileHandle(forWritingAtPath: try files.write("", to: "output"))
        process.standardError = FileHandle(forWritingAtPath: try files.write("", to: "errors"))
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ScriptFailure(reason: try String(contentsOf: files.file("errors"), encoding: .utf8))
        }
        return try String(contentsOf: files.file("output"), encoding: .utf8)
    }

    /// The rows of a query, each as the text of its columns, as ``LedgerBench`` shows them on SQLite: NULL is `-`, a
    /// boolean 0 or 1, and bytes are text where they can be.
    package func rows(_ sql: String, variables: [String: String] = [:]) throws -> [String] {
        var query = sql
        while let last = query.last, last.isWhitespace || last == ";" { query.removeLast() }
        // psql tells the types of the columns first.
        let script = "\(query)\n\\gdesc\n\\echo \(Self.afterTypes)\n\(query)\n;\n"
        let parts = try run(script: script, variables: variables).components(separatedBy: "\(Self.afterTypes)\n")
        let types = Self.table(parts.first ?? "").map { $0.last ?? "" }
        return Self.table(parts.last ?? "").map { row in
            zip(row, types).map { Self.shown($0, as: $1) }.joined(separator: " ")
        }
    }

    private static let betweenFields = "\u{1F}"
    private static let betweenRows = "\u{1E}"
    private static let afterTypes = "\u{1D}"

    /// psql ends the last row with a line feed, whatever separates the others.
    private static func table(_ output: String) -> [[String]] {
        guard output.hasSuffix("\n") else { return [] }
        return output.dropLast().components(separatedBy: betweenRows).map { $0.components(separatedBy: betweenFields) }
    }

    private static func shown(_ value: String, as type: String) -> String {
        switch (type, value) {
        case ("boolean", "t"): return "1"
        case ("boolean", "f"): return "0"
        case ("bytea", _) where value.hasPrefix("\\x"):
            let digits = Array(value.dropFirst(2))
            let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
            return String(bytes: bytes, encoding: .utf8) ?? value
        default: return value
        }
    }

    private struct ScriptFailure: Error, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }
}
