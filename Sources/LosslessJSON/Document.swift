/// One JSON value (RFC 8259) that has been read without losing anything: numbers as written, members in order.
///
/// Stricter than the RFC must be, because a signature is checked over what was read: equal keys are refused, compared as
/// unescaped bytes; so are lone surrogates, a byte order mark, and nesting deeper than ``depthLimit``.
package struct Document: Sendable {
    /// How deep containers may be nested; a scalar alone has depth 0.
    package static let depthLimit = 64

    private let tape: Tape

    package init(_ bytes: [UInt8]) throws(Malformed) {
        let nodes = try bytes.withUnsafeBufferPointer { (buffer) throws(Malformed) -> [Node] in
            try Parser.nodes(of: buffer)
        }
        tape = Tape(bytes: bytes, nodes: nodes)
    }

    package var root: Value { Value(tape: tape, index: 0) }
}
