import ConfigurationFile
import Synchronization

/// Bounds the memory that the bodies of all connections may take together while they arrive.
///
/// Each body has its own limit, but its sender need not be known, may stop halfway, and may do so on every connection.
/// A body that arrives in one piece is never counted.
final class BodyMemoryBudget: Sendable {
    private let taken = Atomic<Int>(0)

    /// Reserves bytes.
    ///
    /// - Returns: whether that many were available; otherwise nothing is reserved.
    func acquire(_ bytes: Int, within limits: Configuration.Limits) -> Bool {
        guard taken.add(bytes, ordering: .relaxed).newValue <= max(limits.bodies, 2 * limits.body) else {
            release(bytes)
            return false
        }
        return true
    }

    func release(_ bytes: Int) {
        taken.subtract(bytes, ordering: .relaxed)
    }
}
