import Glibc
import Logging
import Payments

/// A line of the log in the making.
struct LogLine {
    private let format: LogFormat
    private var bytes: [UInt8] = []
    private var isFirst = true

    init(format: LogFormat, prefix: String) {
        self.format = format
        bytes.reserveCapacity(256)
        bytes += prefix.utf8
        if format == .json { bytes.append(UInt8(ascii: "{")) }
    }

    mutating func add(time: Moment) {
        switch format {
        case .text: addPart(Self.text(of: time))
        case .json: addMember("time", json: "\"\(Self.text(of: time))\"")
        }
    }

    mutating func add(level: Logger.Level) {
        switch format {
        case .text: addPart(level.rawValue.count < 5 ? "\(level.rawValue) " : level.rawValue)
        case .json: addMember("level", json: "\"\(level.rawValue)\"")
        }
    }

    mutating func add(message: String) {
        switch format {
        case .text: addPart(LogEscape.text(message))
        case .json: addMember("message", json: LogEscape.json(message))
        }
    }

    mutating func add(_ key: String, _ value: Logger.MetadataValue) {
        switch format {
        case .text: addPart("\(LogEscape.word(key))=\(LogEscape.word(value))")
        case .json: addMember(Self.ownNames.contains(key) ? "metadata.\(key)" : key, json: LogEscape.json(value))
        }
    }

    consuming func end() -> [UInt8] {
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

extension LogLine {
    /// An object's names are given once: metadata does not stand in for these.
    private static let ownNames: Set<String> = ["time", "level", "message"]

    private mutating func addPart(_ text: String) {
        if !isFirst { bytes.append(UInt8(ascii: " ")) }
        isFirst = false
        bytes += text.utf8
    }

    private mutating func addMember(_ name: String, json value: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes += LogEscape.json(name).utf8
        bytes.append(UInt8(ascii: ":"))
        bytes += value.utf8
    }

    /// UTC, as `2026-11-22T10:00:01.250Z`.
    private static func text(of moment: Moment) -> String {
        let (second, millisecond) = moment.milliseconds.quotientAndRemainder(dividingBy: 1000)
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        func padded(_ number: Int32, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let clock = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
        return "\(date)T\(clock).\(padded(Int32(millisecond), 3))Z"
    }
}
