/// A whole number and its unit, such as `10s` or `256KiB`.
///
/// The unit is never optional and never guessed: `10` might be seconds or milliseconds, and `1MB` has two meanings.
enum Quantity {
    static func duration(_ text: String) throws(InvalidValue) -> Duration {
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
