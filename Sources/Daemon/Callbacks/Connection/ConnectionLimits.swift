import NIOCore

/// The bounds that the gate holds every connection to.
struct ConnectionLimits: Sendable {
    /// From the first byte of a request to its last; also from the opening of a connection to its first request.
    var requestTime: TimeAmount
    /// Between requests on a kept connection.
    var idleTime = TimeAmount.seconds(60)
    /// For a sender whose connection is being closed to read its answer.
    var lingerTime: TimeAmount
    /// For a request that may be on its way over a connection that is to end.
    var partingTime: TimeAmount
    /// For a request that is under way when the listener stops: whoever stops it does not wait for ever (`TimeoutStopSec=`).
    var stopTime: TimeAmount
    /// The largest head; many times that of either gateway.
    var headBytes = 16 << 10

    init(requestTime: Duration) {
        self.requestTime = TimeAmount(requestTime)
        lingerTime = min(self.requestTime, .seconds(2))
        stopTime = min(self.requestTime, .seconds(10))
        partingTime = min(self.requestTime, .seconds(1))
    }
}
