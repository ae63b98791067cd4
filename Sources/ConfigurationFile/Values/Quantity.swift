import Payments

/// A whole number and its unit, such as `10s` or `256KiB`.
///
/// The unit is never optional and never guessed: `10` might be seconds or milliseconds, and `1MB` has two meanings.
package enum Quantity {
    package static func duration(_ text: String) throws(InvalidValue) -> Duration {
        let milliseconds: Int64? =
            switch parts(text) {
            case (let count, "ms")?: count
            case (let count, "s")?: scaled(count, 1000)
            case (let count, "m")?: scaled(count, 60_000)
            case (let count, "h")?: scaled(count, 3_600_000)
            case (let count, "d")?: scaled(count, 86_400_000)
            default: nil
            }
        guard let milliseconds else {
            throw InvalidValue(
                explanation: "\(shown(text)) is not a duration: write a whole number and ms, s, m, h or d, such as 10s"
            )
        }
        guard milliseconds <= 36_500 * 86_400_000 else {
            throw InvalidValue(explanation: "\(shown(text)) is too long: the longest duration is 36500d")
        }
        return .milliseconds(milliseconds)
    }

    static func bytes(_ text: String) throws(InvalidValue) -> Int {
        let bytes: Int64? =
            switch parts(text) {
            case (let count, "B")?: count
            case (let count, "KiB")?: scaled(count, 1 << 10)
            case (let count, "MiB")?: scaled(count, 1 << 20)
            case (let count, "GiB")?: scaled(count, 1 << 30)
            default: nil
            }
        guard let bytes else {
            throw InvalidValue(
                explanation: "\(shown(text)) is not a size: write a whole number and B, KiB, MiB or GiB, such as 256KiB"
            )
        }
        return Int(bytes)
    }

    /// A duration as it is written in a file, in the largest unit that gives a whole number.
    static func text(of duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        for (length, unit) in units where milliseconds != 0 && milliseconds % length == 0 {
            return "\(milliseconds / length)\(unit)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }

    /// A size as it is written in a file, in the largest unit that gives a whole number.
    static func text(ofBytes bytes: Int) -> String {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)B"
    }

    private static func parts(_ text: String) -> (Int64, String)? {
        let digits = text.utf8.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard let count = Int64(Substring(digits)) else { return nil }
        return (count, String(text.dropFirst(digits.count)))
    }

    /// Saturates: a number too large for this is too large for any limit.
    private static func scaled(_ count: Int64, _ factor: Int64) -> Int64 {
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
