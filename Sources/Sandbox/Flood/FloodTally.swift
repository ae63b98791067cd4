import Histogram

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
