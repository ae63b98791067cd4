/// One JSON value (RFC 8259) that has been read without losing anything: numbers as written, members in order.
///
/// Stricter than the RFC must be, because a signature is checked over what was read: equal keys are refused, compared as
/// unescaped bytes; so are lone surrogates, a byte order mark, and nesting deeper than ``depthLimit``. Where the bytes
/// themselves are proved, some of that can be allowed: see ``Leniency``.
package struct Document: Sendable {
    /// What is read although it is refused otherwise.
    package struct Leniency: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The UTF-8 byte order mark before the value: it is skipped.
        package static let byteOrderMark = Leniency(rawValue: 1)
        /// Equal keys: all of their members are kept, and ``Value/repeats(_:)`` tells which keys come again.
        package static let repeatedKeys = Leniency(rawValue: 2)
    }

    /// How deep containers may be nested; a scalar alone has depth 0.
    package static let depthLimit = 64

    private let tape: Tape

    package init(_ bytes: [UInt8], allowing leniency: Leniency = []) throws(Malformed) {
        let nodes = try bytes.withUnsafeBufferPointer { (buffer) throws(Malformed) -> [Node] in
            try Parser.nodes(of: buffer, allowing: leniency)
        }
        tape = Tape(bytes: bytes, nodes: nodes)
    }

    package var root: Value { Value(tape: tape, index: 0) }

    /// How many bytes it was read from.
    package var byteCount: Int { tape.bytes.count }
}
