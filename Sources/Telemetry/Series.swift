import Metrics
import Synchronization

/// One series of samples: a metric with one set of labels.
protocol Series: AnyObject, Sendable {
    /// The name of the series' type in the exposition format.
    static var type: String { get }

    /// Appends its samples.
    ///
    /// - Parameter labels: `a="x",b="y"`, or empty.
    func render(_ name: String, _ labels: String, into text: inout String)
}

/// A number that only grows, for as long as the process lives.
final class CounterSeries: Series, CounterHandler {
    static let type = "counter"
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func render(_ name: String, _ labels: String, into text: inout String) {
        text += Exposition.sample(name, labels, String(value.load(ordering: .relaxed)))
    }
}

/// A number that goes up and down.
final class GaugeSeries: Series, RecorderHandler, MeterHandler {
    static let type = "gauge"
    /// The bits of a `Double`, for which there is no atomic type.
    private let bits = Atomic<UInt64>(0)

    func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func set(_ value: Int64) {
        set(Double(value))
    }

    func record(_ value: Double) {
        set(value)
    }

    func record(_ value: Int64) {
        set(Double(value))
    }

    func increment(by amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, current) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = current
        }
    }

    func decrement(by amount: Double) {
        increment(by: -amount)  // Cannot overflow: a floating number.
    }

    func render(_ name: String, _ labels: String, into text: inout String) {
        text += Exposition.sample(name, labels, Exposition.number(Double(bitPattern: bits.load(ordering: .relaxed))))
    }
}

/// Counts how many values fell into each range. Times are in seconds.
final class HistogramSeries: Series, RecorderHandler, TimerHandler {
    static let type = "histogram"

    private struct Tally {
        /// One count for each bound, and one for values beyond the last.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let tally: Mutex<Tally>

    /// - Parameter bounds: the largest value of each range, ascending.
    init(bounds: [Double]) {
        self.bounds = bounds
        tally = Mutex(Tally(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        tally.withLock {
            $0.counts[place] += 1
            $0.sum += value
        }
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }

    func render(_ name: String, _ labels: String, into text: inout String) {
        let tally = tally.withLock { $0 }
        var count: UInt64 = 0
        for (bound, more) in zip(bounds + [.infinity], tally.counts) {
            count += more
            let bucket = "\(labels)\(labels.isEmpty ? "" : ",")le=\"\(Exposition.number(bound))\""
            text += Exposition.sample("\(name)_bucket", bucket, String(count))
        }
        text += Exposition.sample("\(name)_sum", labels, Exposition.number(tally.sum))
        text += Exposition.sample("\(name)_count", labels, String(count))
    }
}
