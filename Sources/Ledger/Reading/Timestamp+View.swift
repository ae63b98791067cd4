import Glibc
package import Payments

extension Timestamp {
    /// Parses a time of the views: `2026-11-22T10:00:01.250Z`.
    package init?(viewed text: String) {
        let numbers = text.split { !$0.isNumber }.compactMap { Int32($0) }
        guard numbers.count == 7 else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
            numbers[0].subtractingSaturated(1900), numbers[1] - 1, numbers[2]
        )
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        self.init(milliseconds: Int64(timegm(&parts)).multipliedSaturated(by: 1000).addingSaturated(Int64(numbers[6])))
    }
}
