extension Ledger {
    /// The actual setup of the writing connection, read back from SQLite.
    package func setup() async throws -> LedgerSetup { try await store.setup() }

    /// The state of the write-ahead log; `nil` while its index cannot be read.
    package func logState() async throws -> WALState? { try await store.logState() }
}

/// The setup of the writing connection.
package struct LedgerSetup: Sendable, Equatable {
    package let journalMode: String
    /// 2 is FULL: a commit is on the disk when it returns.
    package let synchronous: Int
    package let memoryMap: Int
    package let sqliteVersion: String
}
