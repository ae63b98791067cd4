import Glibc

/// A string as written between its quotes, or a number as written, in borrowed memory.
///
/// It is a sequence of its unescaped bytes, and equal to any other spelling of the same bytes. It relies on the parser
/// having found it well formed.
package struct RawString: Sequence, Hashable {
    package let bytes: UnsafeBufferPointer<UInt8>
    /// Whether a backslash begins an escape, or is just a backslash (as in a `String` to compare with).
    package let isEscaped: Bool

    init(bytes: UnsafeBufferPointer<UInt8>, isEscaped: Bool = false) {
        self.bytes = bytes
        self.isEscaped = isEscaped
    }

    init(_ node: Node, in buffer: UnsafeBufferPointer<UInt8>) {
        self.init(bytes: UnsafeBufferPointer(rebasing: buffer[node.start..<node.end]), isEscaped: node.isEscaped)
    }

    package static func == (one: RawString, other: RawString) -> Bool {
        guard one.isEscaped || other.isEscaped else { return one.bytes.equals(other.bytes) }
        return one.elementsEqual(other)
    }

    package static func == (one: RawString, other: StaticString) -> Bool {
        one == RawString(bytes: UnsafeBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount))
    }

    /// Appends its unescaped bytes.
    package func append(to buffer: inout [UInt8]) {
        if isEscaped {
            buffer.append(contentsOf: self)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    package func hash(into hasher: inout Hasher) {
        if isEscaped {
            Array(self).withUnsafeBytes { hasher.combine(bytes: $0) }
        } else {
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
    }

    package func makeIterator() -> UnescapingIterator {
        UnescapingIterator(self)
    }
}

/// Iterates over the unescaped bytes of a string: plain bytes as they are, escapes as UTF-8.
package struct UnescapingIterator: IteratorProtocol {
    private let spelling: RawString
    private var position = 0
    /// The remaining bytes of a character written as `\u…`.
    private var character = UTF8.EncodedScalar().makeIterator()

    init(_ spelling: RawString) {
        self.spelling = spelling
    }

    package mutating func next() -> UInt8? {
        if let byte = character.next() { return byte }
        guard position < spelling.bytes.count else { return nil }
        let byte = take()
        guard spelling.isEscaped, byte == UInt8(ascii: "\\") else { return byte }
        switch take() {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "u"):
            character = scalar().makeIterator()
            return character.next()
        case let itself: return itself
        }
    }

    private mutating func take() -> UInt8 {
        defer { position += 1 }
        return spelling.bytes[position]
    }

    /// The character of one `\uXXXX`, or of a surrogate pair of them. The first `\u` has already been read.
    private mutating func scalar() -> UTF8.EncodedScalar {
        var value = codeUnit()
        if value & 0xFC00 == 0xD800 {
            position += 2
            value = 0x10000 + (value & 0x3FF) << 10 + codeUnit() & 0x3FF
        }
        // Nothing is ever replaced: the parser rejects invalid characters.
        return Unicode.Scalar(value).flatMap(UTF8.encode) ?? UTF8.encodedReplacementCharacter
    }

    private mutating func codeUnit() -> UInt32 {
        (0..<4).reduce(0) { unit, _ in unit << 4 | (take().hexDigit ?? 0) }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard let start = baseAddress, let otherStart = other.baseAddress else { return true }
        return memcmp(start, otherStart, count) == 0
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit of either case; nil for any other byte.
    var hexDigit: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
