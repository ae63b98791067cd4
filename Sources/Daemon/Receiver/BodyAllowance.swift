import Synchronization

/// What the bodies of all connections may take of the memory together, while they are on their way.
///
/// Each is bounded by itself, but the sender of a body need not be known, may stop in its midst, and may do so on every
/// connection there is. A body that comes whole at once is never counted.
final class BodyAllowance: Sendable {
    private static let total = 128 << 20

    private let taken = Atomic<Int>(0)

    /// - Parameter bodyLimit: the largest body, in bytes; two of that size have a place, whatever it is.
    /// - Returns: whether there was so much; otherwise nothing is taken.
    func take(_ bytes: Int, bodyLimit: Int) -> Bool {
        guard taken.add(bytes, ordering: .relaxed).newValue <= max(Self.total, 2 * bodyLimit) else {
            giveBack(bytes)
            return false
        }
        return true
    }

    func giveBack(_ bytes: Int) {
        taken.subtract(bytes, ordering: .relaxed)
    }
}
