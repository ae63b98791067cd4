/// A row that a statement returned, whatever the engine.
struct Row: Sendable {
    /// The names of the columns, shared by all rows of a statement.
    let columns: [String]
    let values: [SQLValue]

    /// The value of a column, counted from 0 in the order in which the statement names them.
    ///
    /// The schema guarantees the types: a mismatch is a mistake in the statement, and ends the process.
    subscript<Value: Bindable>(index: Int) -> Value {
        guard let value = Value(values[index]) else {
            fatalError("the column \(columns[index]) is no \(Value.self)")
        }
        return value
    }
}

/// A row holds what no correct program could have written: the file is damaged.
struct DamagedRow: Error, CustomStringConvertible {
    let description: String
}
