package import Payments

extension Timestamp {
    /// Parses a time as the gateways write it, in any of the forms seen: `2023-03-10T12:26:17` with an optional
    /// fraction (truncated to milliseconds) and a zone as `Z`, `+00:00` or `+0000`.
    ///
    /// Anything else gives nil rather than a wrong time, because times order the evidence. That includes a text without
    /// a zone, a date that does not exist, and the placeholder `0000-00-00T00:00:00Z`.
    package init?(gatewayTime bytes: UnsafeBufferPointer<UInt8>) {
        var reader = Reader(rest: bytes[...])
        guard
            let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.skip("T") || reader.skip(" "),
            let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2), reader.skip(":"),
            let second = reader.number(digits: 2),
            let milliseconds = reader.fraction(),
            let offset = reader.zone(),
            reader.rest.isEmpty,
            year > 0, (1...12).contains(month), day > 0, day <= Self.days(inMonth: month, of: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        let total = Int64(seconds * 1000 + milliseconds)
        guard Self.written.contains(total) else { return nil }
        self.init(milliseconds: total)
    }

    /// The years 1 to 9999 in UTC: other years have no text form, and a zone can lead there.
    private static let written: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days in the Gregorian calendar, counted in years that begin in March so that the leap day is the last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

/// Parses a time from the front.
private struct Reader {
    var rest: Slice<UnsafeBufferPointer<UInt8>>

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func number(digits: Int) -> Int? {
        var number = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// The milliseconds of an optional fraction of a second.
    mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        guard let tenths = digit() else { return nil }
        var milliseconds = tenths * 100
        var unit = 10
        while let digit = digit() {
            milliseconds += digit * unit
            unit /= 10
        }
        return milliseconds
    }

    /// Minutes east of Greenwich.
    mutating func zone() -> Int? {
        if skip("Z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hours = number(digits: 2) else { return nil }
        _ = skip(":")
        guard let minutes = number(digits: 2), hours < 24, minutes < 60 else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
}
