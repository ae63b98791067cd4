/// Where a ledger is copied to.
protocol CopyTarget: Sendable {
    /// Lays down an empty ledger, and fills it in one transaction.
    ///
    /// - Throws: ``CopyError`` if there is a ledger already, or what `work` throws; nothing is left then.
    func fill<Output>(_ work: (any TableWriter) throws -> Output) throws -> Output
}

/// Fills tables, one after the other, and reads back what is in them.
protocol TableWriter: TableReader {
    func begin(_ table: CopiedTable, _ columns: [String]) throws

    /// Writes rows into the table that was begun, with a value for each of its columns.
    func write(_ rows: [[SQLValue]]) throws

    func end() throws
}
