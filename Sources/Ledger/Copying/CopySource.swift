/// A ledger that is copied.
protocol CopySource: Sendable {
    /// Reads from one snapshot.
    func snapshot<Output>(_ work: (any TableReader) throws -> Output) throws -> Output
}

/// Reads whole tables, on one connection and from one snapshot.
protocol TableReader: AnyObject {
    /// The names of the columns, in the order in which the table has them.
    func columns(of table: CopiedTable) throws -> [String]

    /// Hands out all rows in portions, in the order of the key.
    func read(_ table: CopiedTable, _ columns: [String], _ work: (_ rows: [[SQLValue]]) throws -> Void) throws
}
