package import Ledger
import Narration
package import Payments

/// The callbacks of a week by the hour, as an SVG of 168 by 40.
package struct Sparkline {
    private static let hours = 168
    private static let height: Int64 = 40

    let words: String
    /// The path of what is usual.
    package let band: String
    /// The path of what came.
    package let bars: String
    let from: String
    package let peak: String

    /// - Parameter rows: those of `callbackHours` of one account.
    package init?(_ rows: [ViewRow], now: Timestamp) {
        let last = now.milliseconds / 3_600_000
        var counts = [Int64](repeating: 0, count: Self.hours)
        var usual = [ClosedRange<Int64>?](repeating: nil, count: Self.hours)
        for row in rows {
            guard let time = row.time("hour") else { continue }
            let age = last.subtractingSaturated(time.milliseconds / 3_600_000)
            let place = Int64(Self.hours - 1).subtractingSaturated(age)
            guard let index = Int(exactly: place), counts.indices.contains(index) else { continue }
            counts[index] = max(0, row.number("callbacks") ?? 0)
            if let least = row.number("usual_min"), let most = row.number("usual_max"), least <= most {
                usual[index] = max(0, least)...max(0, most)
            }
        }
        guard let highest = counts.max(), highest > 0 else { return nil }
        let top = max(highest, usual.compactMap { $0?.upperBound }.max() ?? 0)
        func y(_ count: Int64) -> Int64 {
            guard count > 0 else { return Self.height }
            // Through parts of the whole, so that no count is too large; a callback is one unit high at least.
            let height = top >= Self.height ? count / max(1, top / Self.height) : count * Self.height / top
            return Self.height - min(Self.height, max(1, height))
        }
        bars = counts.enumerated().filter { $0.element > 0 }.map { hour, count in
            "M\(hour) \(Self.height)V\(y(count))h0.8V\(Self.height)z"
        }.joined()
        band = usual.enumerated().compactMap { hour, usual in
            usual.map { "M\(hour) \(y($0.lowerBound))V\(y($0.upperBound))h1V\(y($0.lowerBound))z" }
        }.joined()
        from = "a week ago"
        peak = "at most \(highest) an hour"
        let usually = band.isEmpty ? "" : "; the band behind them is what is usual at that hour of the week"
        words = "Callbacks by the hour in the last week, at most \(highest) in one\(usually)."
    }
}
