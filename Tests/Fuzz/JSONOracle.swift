import Foundation
import LosslessJSON

/// Judges the parser's result for an input: by parsing its output again, and by another parser.
enum JSONOracle {
    static func accepts(_ bytes: [UInt8]) throws(Fault) -> Bool {
        let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        let document: Document
        do {
            document = try Document(bytes)
        } catch {
            guard 0...bytes.count ~= error.offset else { throw Fault("refused outside of the input: \(error)") }
            guard theirs == nil || isKnownLaxity(error, in: bytes) else {
                throw Fault("refused, but accepted by Foundation: \(error)")
            }
            guard error.reason != .duplicateKey || isRepeatingSomewhere(bytes) else {
                throw Fault("a repeated key is not told")
            }
            return false
        }
        var rewritten: [UInt8] = []
        document.root.write(to: &rewritten)
        guard let again = try? Document(rewritten) else { throw Fault("refused when rewritten") }
        guard document.root.isSame(as: again.root) else { throw Fault("another document when rewritten") }
        guard let theirs else {
            guard document.root.hasHugeNumber else { throw Fault("accepted, but refused by Foundation") }
            return true
        }
        guard document.root.agrees(with: theirs) else { throw Fault("not what Foundation reads") }
        return true
    }

    /// Whether a document reports a repeated key, if that is its only mistake.
    private static func isRepeatingSomewhere(_ bytes: [UInt8]) -> Bool {
        guard let lenient = try? Document(bytes, allowing: .repeatedKeys) else { return true }
        return lenient.root.repeatsAnyKey
    }

    /// Whether Foundation is known to accept what we refuse for this reason.
    private static func isKnownLaxity(_ refusal: SyntaxError, in bytes: [UInt8]) -> Bool {
        // Foundation guesses another encoding from a byte order mark, or a zero, at the beginning.
        let encodings: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE]]
        if bytes.prefix(4).contains(0) || encodings.contains(where: { bytes.starts(with: $0) }) { return true }
        return switch refusal.reason {
        case .duplicateKey: true
        case .depth: openContainers(in: bytes[..<refusal.offset]) == Document.depthLimit
        // Foundation accepts a comma before the end of an array.
        case .unexpectedByte: bytes[..<refusal.offset].last { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: ",")
        case .unexpectedEnd, .trailingContent, .number, .controlCharacter, .escape, .surrogate, .utf8: false
        }
    }

    /// How many containers are open where a well-formed beginning of a document ends.
    private static func openContainers(in beginning: ArraySlice<UInt8>) -> Int {
        var (open, isInString, isEscaped) = (0, false, false)
        for byte in beginning {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): open += isInString ? 0 : 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open -= isInString ? 0 : 1
            default: break
            }
        }
        return open
    }
}

extension Value {
    /// Writes the value with as little whitespace and as few escapes as possible.
    fileprivate func write(to json: inout [UInt8]) {
        switch kind {
        case .object:
            json += "{".utf8
            for (index, member) in members.enumerated() {
                if index > 0 { json += ",".utf8 }
                member.key.write(to: &json)
                json += ":".utf8
                member.value.write(to: &json)
            }
            json += "}".utf8
        case .array:
            json += "[".utf8
            for (index, element) in elements.enumerated() {
                if index > 0 { json += ",".utf8 }
                element.write(to: &json)
            }
            json += "]".utf8
        case .string: scalar?.write(to: &json)
        case .number: appendScalar(to: &json)
        case .true: json += "true".utf8
        case .false: json += "false".utf8
        case .null: json += "null".utf8
        }
    }

    fileprivate func isSame(as other: Value) -> Bool {
        guard kind == other.kind, scalar?.bytes == other.scalar?.bytes else { return false }
        let (mine, theirs) = (Array(members), Array(other.members))
        return mine.count == theirs.count
            && zip(mine, theirs).allSatisfy { $0.key.bytes == $1.key.bytes && $0.value.isSame(as: $1.value) }
            && Array(elements).count == Array(other.elements).count
            && zip(elements, other.elements).allSatisfy { $0.isSame(as: $1) }
    }

    fileprivate var repeatsAnyKey: Bool {
        members.contains { repeats($0.key.string) || $0.value.repeatsAnyKey } || elements.contains { $0.repeatsAnyKey }
    }

    /// Whether Foundation refuses the value wrongly: it cannot represent a number that does not fit into a `Double`.
    fileprivate var hasHugeNumber: Bool {
        kind == .number && !(rawNumber.flatMap { Double($0) } ?? .infinity).isFinite
            || members.contains { $0.value.hasHugeNumber } || elements.contains { $0.hasHugeNumber }
    }

    /// Whether Foundation parsed the same, except for numbers, which it rounds.
    fileprivate func agrees(with theirs: Any) -> Bool {
        switch (kind, theirs) {
        case (.object, let theirs as [String: Any]):
            let keys = Set(members.map { $0.key.string.withoutMarks })
            // Foundation's keys are equal by canonical equivalence, and its dictionary keeps one of them.
            guard keys.count == Array(members).count else { return true }
            let values = Dictionary(theirs.map { ($0.key.withoutMarks, $0.value) }) { first, _ in first }
            return keys.count == values.count
                && members.allSatisfy { key, value in values[key.string.withoutMarks].map(value.agrees) ?? false }
        case (.array, let theirs as [Any]):
            let mine = Array(elements)
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.agrees(with: $1) }
        case (.string, let theirs as String):
            return text.map { Array($0.withoutMarks.utf8) } == Array(theirs.withoutMarks.utf8)
        case (.number, is NSNumber): return true
        case (.true, let theirs as Bool): return theirs
        case (.false, let theirs as Bool): return !theirs
        case (.null, is NSNull): return true
        default: return false
        }
    }
}

extension String {
    /// The string without byte order marks: Foundation loses one at the beginning of a string or after an escape.
    fileprivate var withoutMarks: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { $0 != "\u{FEFF}" }))
    }
}

extension Text {
    fileprivate var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    fileprivate func write(to json: inout [UInt8]) {
        json += "\"".utf8
        forEachByte { byte in
            if byte < 0x20 {
                json += #"\u00\#(byte < 0x10 ? "0" : "1")\#(String(byte % 16, radix: 16))"#.utf8
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                json += [UInt8(ascii: "\\"), byte]
            } else {
                json.append(byte)
            }
        }
        json += "\"".utf8
    }
}
