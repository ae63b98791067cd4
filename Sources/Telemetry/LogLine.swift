import Logging
import Payments

/// A log line under construction.
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

    mutating func add(time: Timestamp) {
        switch format {
        case .text: addPart(time.text)
        case .json: addMember("time", json: "\"\(time.text)\"")
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
    /// An object has each name once: metadata does not replace these.
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
}
