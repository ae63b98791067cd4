extension ConfigurationReader {
    /// A whole number in decimal digits, with or without quotes. `0x10`, `1_000`, `1e3` and `007` are refused:
    /// different programs read them differently.
    mutating func integer(_ item: YAMLValue, in range: ClosedRange<Int64>) -> Int64? {
        let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        switch item.content {
        case .scalar(let text, .integer), .scalar(let text, .text):
            guard let number = Int64(text), text == String(number), range.contains(number) else {
                refuse(item, "must be \(wanted), in decimal digits only")
                return nil
            }
            return number
        case .scalar, .list, .mapping, .refused:
            refuse(item, item.mismatch(wanted))
            return nil
        }
    }

    mutating func read(_ item: YAMLValue?, into value: inout Int, in range: ClosedRange<Int64>) {
        guard let item, let number = integer(item, in: range) else { return }
        value = Int(number)
    }

    /// Reads a size in bytes.
    mutating func readSize(_ item: YAMLValue?, into value: inout Int, in range: ClosedRange<Int>) {
        guard let item, let size = parsed(item, "a size such as 256KiB", Quantity.bytes) else { return }
        guard range.contains(size) else {
            refuse(item, "must be from \(range.lowerBound)B to \(range.upperBound >> 20)MiB")
            return
        }
        value = size
    }

    mutating func read(_ item: YAMLValue?, into value: inout Duration, isZeroAllowed: Bool = false) {
        guard let item, let duration = duration(item, isZeroAllowed: isZeroAllowed) else { return }
        value = duration
    }

    mutating func read(_ item: YAMLValue?, into value: inout [Duration], isNoneAllowed: Bool) {
        guard let item else { return }
        let count = problems.count
        let durations = list(item, of: "durations").compactMap { duration($0, isZeroAllowed: false) }
        guard count == problems.count else { return }
        guard isNoneAllowed || !durations.isEmpty else {
            refuse(item, "is an empty list: give it at least one duration")
            return
        }
        value = durations
    }

    private mutating func duration(_ item: YAMLValue, isZeroAllowed: Bool) -> Duration? {
        guard let duration = parsed(item, "a duration such as 10s", Quantity.duration) else { return nil }
        guard isZeroAllowed || duration > .zero else {
            refuse(item, "must be longer than 0s")
            return nil
        }
        return duration
    }
}
