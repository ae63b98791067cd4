import GRDB
package import Payments

extension Ledger {
    /// Reads all pages of the database beside the writer, in pieces, and notes what came of it.
    ///
    /// - Parameter pause: is awaited after each piece, which took so long.
    /// - Returns: what is wrong, a line each.
    package func checkPages(at now: Timestamp, pause: (Duration) async throws -> Void) async throws -> [String] {
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
            // The damage may be in the way of that as well: it is told all the same.
            guard !findings.isEmpty else { throw error }
        }
        return findings
    }

    /// How the last check of the pages came out; `nil` if there was none.
    package func lastPageCheck() async throws -> PageCheckOutcome? {
        try await questions.read { try PageCheckOutcome(in: $0) }
    }
}

extension PageCheckOutcome {
    init?(in database: Database) throws {
        guard let row = try Row.fetchOne(database, sql: "SELECT finished_at, damage FROM page_check") else {
            return nil
        }
        self.init(finishedAt: Timestamp(milliseconds: row[0]), damage: row[1])
    }
}
