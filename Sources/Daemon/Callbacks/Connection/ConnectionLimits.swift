import ConfigurationFile
import NIOCore
import Synchronization

/// The limits that the request handler enforces on every connection.
struct ConnectionLimits: Sendable {
    /// From the first byte of a request to its last; also from the opening of a connection to its first request.
    var requestTime: TimeAmount
    /// Between requests on a kept connection.
    var idleTime = TimeAmount.seconds(60)
    /// How long a sender whose connection is being closed may take to read its response.
    var lingerTime: TimeAmount
    /// How long to wait for a request that may be on its way over a connection that is to end.
    var partingTime: TimeAmount
    /// How long a request under way may take when the listener stops: systemd does not wait forever
    /// (`TimeoutStopSec=`).
    var stopTime: TimeAmount
    /// The largest head, in bytes; many times that of either gateway.
    var headBytes = 16 << 10

    init(requestTime: Duration) {
        self.requestTime = TimeAmount(requestTime)
        lingerTime = min(self.requestTime, .seconds(2))
        stopTime = min(self.requestTime, .seconds(10))
        partingTime = min(self.requestTime, .seconds(1))
    }
}

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
