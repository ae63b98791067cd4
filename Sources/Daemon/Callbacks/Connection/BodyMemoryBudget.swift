import ConfigurationFile
import Synchronization

/// What the bodies of all connections may take of the memory together, while they are on their way.
///
/// Each is bounded by itself, but the sender of a body need not be known, may stop in its midst, and may do so on every
/// connection there is. A body that comes whole at once is never counted.
final class BodyMemoryBudget: Sendable {
    private let taken = Atomic<Int>(0)

    /// - Returns: whether there was so much; otherwise nothing is taken.
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
