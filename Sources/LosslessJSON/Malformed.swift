/// Why bytes are not one strict JSON value, and where: the first thing wrong with them, from the front.
package struct Malformed: Error, Hashable, Sendable {
    /// The byte at fault, counted from 0; for a sequence of bytes its first one; the length of the input if it ended too early.
    package let offset: Int
    package let reason: Reason

    package init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    package enum Reason: String, Sendable, CaseIterable {
        case unexpectedEnd = "unexpected end"
        case unexpectedByte = "unexpected byte"
        case trailingContent = "trailing content"
        case number = "invalid number"
        case controlCharacter = "control character in a string"
        case escape = "invalid escape"
        case surrogate = "lone surrogate"
        case utf8 = "invalid UTF-8"
        case duplicateKey = "duplicate key"
        case depth = "nested too deeply"
    }
}

extension Malformed: CustomStringConvertible {
    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
