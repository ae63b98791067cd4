package import Histogram

/// The results of a flood, from the end of its warm-up to its own end.
package struct FloodReport: Sendable, Equatable, Encodable {
    /// Why it ended.
    package enum End: String, Sendable, Encodable {
        case time
        /// Every signed callback was sent.
        case usedUp = "used_up"
        case interrupted
    }

    package let end: End
    /// The length of the measurement.
    package let seconds: Double
    /// Responses with status 200.
    package let acknowledged: Int
    /// Other responses, by their status.
    package let refused: [Int: Int]
    /// Requests without a readable response: the connection was closed first, or the timeout passed.
    package let failures: Int
    /// Connections that were lost and could not be opened again at once.
    package let connectFailures: Int
    /// The latencies of the acknowledgements.
    package let latencies: Latencies

    /// Acknowledgements per second; zero if nothing was measured.
    package var rate: Double { seconds > 0 ? Double(acknowledged) / seconds : 0 }

    package init(
        end: End,
        seconds: Double,
        acknowledged: Int,
        refused: [Int: Int],
        failures: Int,
        connectFailures: Int,
        latencies: Latencies
    ) {
        self.end = end
        self.seconds = seconds
        self.acknowledged = acknowledged
        self.refused = refused
        self.failures = failures
        self.connectFailures = connectFailures
        self.latencies = latencies
    }
}

extension FloodReport {
    private enum CodingKeys: String, CodingKey {
        case end, seconds, acknowledged, refused, failures, rate
        case connectFailures = "connect_failures"
        case latencies = "latency_us"
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(end, forKey: .end)
        try members.encode(seconds, forKey: .seconds)
        try members.encode(acknowledged, forKey: .acknowledged)
        try members.encode(rate, forKey: .rate)
        try members.encode(refused, forKey: .refused)
        try members.encode(failures, forKey: .failures)
        try members.encode(connectFailures, forKey: .connectFailures)
        try members.encode(latencies, forKey: .latencies)
    }
}

/// How long senders waited, in microseconds, with three significant digits.
package struct Latencies: Sendable, Equatable, Encodable {
    package let p50: UInt64
    package let p90: UInt64
    package let p99: UInt64
    package let p999: UInt64
    package let max: UInt64

    /// Creates latencies that are all zero if nothing was recorded.
    package init(_ microseconds: Histogram<UInt64>) {
        p50 = microseconds.valueAtPercentile(50)
        p90 = microseconds.valueAtPercentile(90)
        p99 = microseconds.valueAtPercentile(99)
        p999 = microseconds.valueAtPercentile(99.9)
        max = microseconds.maxRecorded
    }

    /// A histogram that holds waits of up to an hour.
    package static func histogram() -> Histogram<UInt64> {
        Histogram(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
    }
}

/// What a flood has counted so far.
struct FloodTally {
    private(set) var acknowledged = 0
    private var refused: [Int: Int] = [:]
    private var failures = 0
    private var connectFailures = 0
    private var latencies = Latencies.histogram()

    mutating func count(status: Int, microseconds: UInt64) {
        guard status == 200 else {
            refused[status, default: 0] += 1
            return
        }
        acknowledged += 1
        latencies.record(microseconds)
    }

    mutating func countFailure() {
        failures += 1
    }

    mutating func countConnectFailure() {
        connectFailures += 1
    }

    func report(end: FloodReport.End, seconds: Double) -> FloodReport {
        FloodReport(
            end: end,
            seconds: seconds,
            acknowledged: acknowledged,
            refused: refused,
            failures: failures,
            connectFailures: connectFailures,
            latencies: Latencies(latencies)
        )
    }
}
