/// A string as written between its quotes, or a number as written, in borrowed memory.
///
/// It is a sequence of its unescaped bytes, and equal to any other spelling of the same bytes. It relies on the parser
/// having found it well formed.
struct RawString: Sequence, Hashable {
    let bytes: UnsafeBufferPointer<UInt8>
    /// Whether a backslash begins an escape, or is just a backslash (as in a `String` to compare with).
    let isEscaped: Bool

    init(bytes: UnsafeBufferPointer<UInt8>, isEscaped: Bool = false) {
        self.bytes = bytes
        self.isEscaped = isEscaped
    }

    init(_ node: Node, in buffer: UnsafeBufferPointer<UInt8>) {
        self.init(bytes: UnsafeBufferPointer(rebasing: buffer[node.start..<node.end]), isEscaped: node.isEscaped)
    }

    static func == (one: RawString, other: RawString) -> Bool {
        guard one.isEscaped || other.isEscaped else {
            return one.bytes.count == other.bytes.count && one.bytes.elementsEqual(other.bytes)
        }
        return one.elementsEqual(other)
    }

    func hash(into hasher: inout Hasher) {
        if isEscaped {
            Array(self).withUnsafeBytes { hasher.combine(bytes: $0) }
        } else {
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
    }

    func makeIterator() -> UnescapingIterator {
        UnescapingIterator(self)
    }
}
