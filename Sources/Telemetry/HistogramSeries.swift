import Metrics
import Synchronization

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
