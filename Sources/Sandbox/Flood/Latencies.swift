package import Histogram

/// How long senders waited, in microseconds, with three significant digits.
package struct Latencies: Sendable, Equatable, Encodable {
    package let p50: UInt64
    package let p90: UInt64
    package let p99: UInt64
    package let p999: UInt64
    package let max: UInt64

    /// All zero where nothing was recorded.
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
