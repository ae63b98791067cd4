import Ledger
import LosslessJSON

/// A JSON value that is written. Members keep their order.
enum JSON {
    case null
    case integer(Int64)
    case flag(Bool)
    case text(String)
    case array([JSON])
    case object([(name: String, value: JSON)])

    /// A row with the names of its view.
    init(_ row: ViewRow) {
        self = .object(row.columns.map { (name: $0.name, value: JSON($0.value)) })
    }

    init(_ rows: [ViewRow]) {
        self = .array(rows.map { JSON($0) })
    }

    init(_ value: ViewRow.Value) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .integer(number)
        case .text(let text): self = .text(text)
        }
    }

    static func texts(_ texts: [String]) -> JSON { .array(texts.map { .text($0) }) }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .integer(let number): bytes += "\(number)".utf8
        case .flag(let flag): bytes += (flag ? "true" : "false").utf8
        case .text(let text): JSONWriter.append(text, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONWriter.append(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
