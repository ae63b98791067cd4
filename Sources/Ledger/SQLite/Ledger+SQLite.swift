import GRDB
import Glibc
package import Payments

extension Ledger {
    /// The actual setup of the writing connection, read back from SQLite.
    ///
    /// - Returns: `nil` on another engine.
    package func setup() async throws -> LedgerSetup? { try await (store as? SQLiteStore)?.setup() }

    /// The state of the write-ahead log; `nil` while its index cannot be read, or on another engine.
    package func logState() async throws -> WALState? { try await (store as? SQLiteStore)?.logState() }
}

/// The setup of the writing connection.
package struct LedgerSetup: Sendable, Equatable {
    package let journalMode: String
    /// 2 is FULL: a commit is on the disk when it returns.
    package let synchronous: Int
    package let memoryMap: Int
    package let sqliteVersion: String
}

extension Ledger {
    /// Reads all pages of the file beside the writer, in pieces, and stores the result. (A server checks its pages itself.)
    ///
    /// - Parameter pause: awaited after each piece, with the time that the piece took.
    /// - Returns: what is wrong, one finding per line.
    package func checkPages(at now: Timestamp, pause: (Duration) async throws -> Void) async throws -> [String] {
        guard case .file(let path) = location else { return [] }
        let queue = try Connection.reading(at: path, label: "pages")
        let findings = try await PageCheck(queue: queue).run(pause: pause)
        try queue.close()
        let damage = findings.first
        do throws(RecordingError) {
            try await perform { transaction in
                try transaction.statements.execute(
                    """
                    INSERT INTO page_check (id, finished_at, damage) VALUES (1, ?1, ?2)
                    ON CONFLICT (id) DO UPDATE SET finished_at = ?1, damage = ?2
                    """,
                    [now.milliseconds, damage]
                )
            }
        } catch {
            // The damage may prevent that as well: the findings are returned all the same.
            guard !findings.isEmpty else { throw error }
        }
        return findings
    }

    /// The result of the last check of the pages; `nil` if there was none.
    package func lastPageCheck() async throws -> PageCheckOutcome? {
        try await store.reader.readAside { try PageCheckOutcome(in: $0) }
    }
}

extension PageCheckOutcome {
    init?(in statements: any Statements) throws {
        guard let row = try statements.row("SELECT finished_at, damage FROM page_check") else { return nil }
        self.init(finishedAt: Timestamp(milliseconds: row[0]), damage: row[1])
    }
}

extension Ledger {
    /// Deletes a ledger with all its files, if no process holds it: for temporary databases.
    package static func discard(at name: String) throws(LedgerError) {
        try Connection.createFile(at: name)  // So that it can be locked even if it does not exist.
        let lock = try DatabaseLock(besides: name)
        let path = lock.database
        defer { withExtendedLifetime(lock) {} }
        for file in [path, path + "-wal", path + "-shm"] {
            guard unlink(file) == 0 || errno == ENOENT else {
                throw .cannotOpen(path: file, reason: String(cString: strerror(errno)))
            }
        }
    }
}
