import Payments

/// What is kept of refused requests: never more than so many rows, so many bytes, and so long.
package struct RefusalQuota: Sendable, Equatable {
    package var rows: Int
    package var bytes: Int
    package var age: Duration

    package init(rows: Int, bytes: Int, age: Duration) {
        self.rows = rows
        self.bytes = bytes
        self.age = age
    }
}
