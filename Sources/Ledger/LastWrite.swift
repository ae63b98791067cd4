import Synchronization

/// What the last write met: remembered until one succeeds that is as large as a callback, for a tiny one may still fit where
/// no callback does.
final class LastWrite: Sendable {
    private let met = Mutex<Obstacle?>(nil)

    var obstacle: Obstacle? { met.withLock { $0 } }

    /// - Returns: whether the write before it went well.
    func failed(at obstacle: Obstacle) -> Bool {
        met.withLock { met in
            defer { met = obstacle }
            return met == nil
        }
    }

    func succeeded() {
        met.withLock { $0 = nil }
    }
}
