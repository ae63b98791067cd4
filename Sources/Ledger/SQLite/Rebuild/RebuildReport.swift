/// The result of deriving a ledger again from its evidence.
package struct RebuildReport: Sendable {
    package var callbacks = 0
    package var answers = 0
    package var instructions = 0
    package var payments = 0
    package var transitions = 0
    /// Payments of which a body has been emptied: they are proved only to match their transitions.
    package var folded = 0
    /// The first differences, in the order of the tables.
    package var differences: [Difference] = []
    /// The number of all differences.
    package var count = 0
    /// Transitions that are equal except for their number in the feed.
    package var renumbered = 0

    package var areNone: Bool { count == 0 && renumbered == 0 }

    /// No more are kept: a reader looks for a pattern, not for the last one.
    static let mostKept = 100

    mutating func add(_ difference: Difference) {
        count += 1
        if differences.count < Self.mostKept { differences.append(difference) }
    }
}

/// A point in which the ledger differs from its evidence.
package struct Difference: Sendable, Equatable {
    package let table: String
    /// What it is about, in names that people know.
    package let key: String
    /// `nil` if the row as a whole exists on one side only.
    package let column: String?
    /// What the ledger holds; `nil` for NULL, and if there is no such row.
    package let stored: String?
    /// What follows from the evidence.
    package let derived: String?

    package init(table: String, key: String, column: String?, stored: String?, derived: String?) {
        self.table = table
        self.key = key
        self.column = column
        self.stored = stored
        self.derived = derived
    }
}
