/// One JSON value (RFC 8259), parsed without losing anything: numbers as written, members in order.
///
/// Stricter than the RFC requires, because a signature is checked over what was parsed: equal keys (compared as
/// unescaped bytes) are rejected, and so are lone surrogates, a byte order mark, and nesting deeper than
/// ``depthLimit``. Where the bytes themselves are proved, some of that can be allowed: see ``Leniency``.
package struct Document: Sendable {
    /// What is accepted although it is rejected by default.
    package struct Leniency: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The UTF-8 byte order mark before the value: it is skipped.
        package static let byteOrderMark = Leniency(rawValue: 1)
        /// Equal keys: all of their members are kept, and ``Value/repeats(_:)`` tells which keys are repeated.
        package static let repeatedKeys = Leniency(rawValue: 2)
    }

    /// The deepest nesting of containers; a scalar alone has depth 0.
    package static let depthLimit = 64

    private let tape: Tape

    package init(_ bytes: [UInt8], allowing leniency: Leniency = []) throws(SyntaxError) {
        let nodes = try bytes.withUnsafeBufferPointer { (buffer) throws(SyntaxError) -> [Node] in
            try Parser.nodes(of: buffer, allowing: leniency)
        }
        tape = Tape(bytes: bytes, nodes: nodes)
    }

    package var root: Value { Value(tape: tape, index: 0) }

    /// The number of bytes that it was parsed from.
    package var byteCount: Int { tape.bytes.count }
}

/// Why bytes are not one strict JSON value, and where: the first error, from the front.
package struct SyntaxError: Error, Hashable, Sendable {
    /// The offset of the byte at fault, counted from 0; of the first byte for a sequence of bytes; the length of the
    /// input if it ended too early.
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

extension SyntaxError: CustomStringConvertible {
    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
