/// A value within a ``Document``, which it keeps alive. Reading it allocates nothing, unless a `String` is requested.
package struct Value: Sendable {
    let tape: Tape
    let index: Int

    package enum Kind: Sendable, Hashable {
        case object, array, string, number, `true`, `false`, null
    }

    package var kind: Kind { tape.nodes[index].kind }

    package var isNull: Bool { kind == .null }

    /// The first member of an object whose key has the same UTF-8 bytes; nil if there is none, or if this is not an
    /// object.
    package subscript(key: String) -> Value? {
        var key = key
        let found = key.withUTF8 { tape.index(ofValueFor: RawString(bytes: $0), in: index) }
        return found.map { Value(tape: tape, index: $0) }
    }

    /// Whether an object has a key more than once, which is possible only in a document parsed with
    /// ``Document/Leniency/repeatedKeys``.
    package func repeats(_ key: String) -> Bool {
        guard tape.nodes[index].hasRepeatedKeys else { return false }
        var key = key
        return key.withUTF8 { bytes in
            let key = RawString(bytes: bytes)
            guard let first = tape.index(ofValueFor: key, in: index) else { return false }
            return tape.index(ofValueFor: key, in: index, behind: first) != nil
        }
    }

    /// The members of an object, in order; none if it is not an object.
    package var members: Members { Members(of: self) }

    /// The elements of an array, in order; none if it is not an array.
    package var elements: Elements { Elements(of: self) }

    /// A decoded string; nil if it is not a string.
    package var text: String? { kind == .string ? Text(tape: tape, index: index).string : nil }

    /// A number exactly as written; nil if it is not a number.
    package var rawNumber: String? { kind == .number ? Text(tape: tape, index: index).string : nil }

    /// The bytes of a string, decoded, or of a number, as written; nil for anything else.
    package var scalar: Text? {
        switch kind {
        case .string, .number: Text(tape: tape, index: index)
        case .object, .array, .true, .false, .null: nil
        }
    }

    /// Appends the bytes of a string, decoded, or of a number, as written. Appends nothing for `true`, `false`, `null`
    /// and containers: their meaning is up to the caller.
    package func appendScalar(to buffer: inout [UInt8]) {
        scalar?.append(to: &buffer)
    }
}

/// The elements of an array, in the order in which they were written.
package struct Elements: Sequence, IteratorProtocol, Sendable {
    private let tape: Tape
    private var index: Int
    private let end: Int

    init(of value: Value) {
        tape = value.tape
        index = value.index + 1
        end = value.kind == .array ? tape.nodes[value.index].end : index
    }

    package mutating func next() -> Value? {
        guard index < end else { return nil }
        defer { index = tape.nodes.index(pastValueAt: index) }
        return Value(tape: tape, index: index)
    }
}

/// The members of an object, in the order in which they were written.
package struct Members: Sequence, IteratorProtocol, Sendable {
    private let tape: Tape
    private var index: Int
    private let end: Int

    init(of value: Value) {
        tape = value.tape
        index = value.index + 1
        end = value.kind == .object ? tape.nodes[value.index].end : index
    }

    package mutating func next() -> (key: Text, value: Value)? {
        guard index < end else { return nil }
        let key = index
        index = tape.nodes.index(pastValueAt: key + 1)
        return (Text(tape: tape, index: key), Value(tape: tape, index: key + 1))
    }
}

/// A key, a string or a number of a document as bytes: unescaped UTF-8, or the number as written.
///
/// It is compared as bytes; `String` would compare by canonical equivalence, and consider different keys equal.
package struct Text: Sendable {
    let tape: Tape
    let index: Int

    package var string: String {
        withBytes { String(decoding: $0, as: UTF8.self) }
    }

    package static func == (text: Text, string: String) -> Bool {
        var string = string
        return string.withUTF8 { bytes in
            text.tape.withSpelling(at: text.index) { $0 == RawString(bytes: bytes) }
        }
    }

    package func contains(_ byte: UInt8) -> Bool {
        withBytes { $0.contains(byte) }
    }

    package func append(to buffer: inout [UInt8]) {
        withBytes { buffer.append(contentsOf: $0) }
    }

    /// Borrows its bytes, which are copied only if they are written with escapes.
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        tape.withSpelling(at: index) { spelling in
            spelling.isEscaped ? Array(spelling).withUnsafeBufferPointer(body) : body(spelling.bytes)
        }
    }

    /// Calls a function with each byte in turn.
    package func forEachByte(_ body: (UInt8) -> Void) {
        tape.withSpelling(at: index) { $0.forEach(body) }
    }
}
