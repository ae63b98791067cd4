import Foundation
package import Ledger

/// The server that tests of PostgreSQL use, each with a database of its own. `PAYSTATE_POSTGRESQL` names it by a URL
/// without a database; where it does not, those tests are skipped.
package struct PostgreSQLServer: Sendable {
    package static let shared: PostgreSQLServer? = {
        guard let url = ProcessInfo.processInfo.environment["PAYSTATE_POSTGRESQL"], !url.isEmpty else { return nil }
        return PostgreSQLServer(url: url)
    }()

    package static var isThere: Bool { shared != nil }

    private let url: String

    /// Runs a test with an empty database, which is dropped afterwards.
    package static func withDatabase(_ work: (PostgreSQLDatabase) async throws -> Void) async throws {
        guard let server = shared else { throw Missing() }
        let name = "paystate_test_\(UUID().uuidString.prefix(8).lowercased())"
        let home = PostgreSQLDatabase(url: server.url(of: "postgres"))
        try await home.query("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        let result: Result<Void, any Error>
        do {
            try await work(PostgreSQLDatabase(url: server.url(of: name)))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await home.query("DROP DATABASE \(name) WITH (FORCE)")
        try result.get()
    }

    /// `postgresql://user@host/?port=5433` with a database in it.
    package func url(of database: String) -> String {
        let parts = url.split(separator: "?", maxSplits: 1)
        let start = parts[0].firstRange(of: "://")?.upperBound ?? parts[0].startIndex
        let authority = parts[0][start...].prefix { $0 != "/" }
        let options = parts.count > 1 ? "?\(parts[1])" : ""
        return "\(parts[0][..<start])\(authority)/\(database)\(options)"
    }

    private struct Missing: Error {}
}

/// A database of a test.
package struct PostgreSQLDatabase: Sendable {
    package let url: String

    package var address: PostgreSQLAddress { PostgreSQLAddress(url: url, password: nil) }
    package var location: LedgerLocation { .postgreSQL(address) }

    /// Opens the ledger in it, as a daemon would.
    package func open() throws -> Ledger {
        try Ledger(
            at: location,
            accounts: [.ecp, .ecc],
            schedule: .everyMinute,
            quota: .hundred,
            capacity: 8192
        )
    }

    /// Runs statements as another program, and returns a line for each row, with `|` between the columns.
    @discardableResult
    package func query(_ sql: String) async throws -> [String] {
        let files = try TemporaryFolder()
        defer { files.remove() }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
            "--dbname", url, "--command", sql,
        ]
        // Files, because a pipe that is full would hold the program up.
        process.standardOutput = FileHandle(forWritingAtPath: try files.write("", to: "output"))
        process.standardError = FileHandle(forWritingAtPath: try files.write("", to: "errors"))
        let status = try await withCheckedThrowingContinuation { (end: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { end.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { end.resume(throwing: error) }
        }
        guard status == 0 else {
            throw Refusal(reason: try String(contentsOf: files.file("errors"), encoding: .utf8))
        }
        return try String(contentsOf: files.file("output"), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private struct Refusal: Error {
        let reason: String
    }
}
