/// Iterates over the unescaped bytes of a string: plain bytes as they are, escapes as UTF-8.
struct UnescapingIterator: IteratorProtocol {
    private let spelling: RawString
    private var position = 0
    /// The remaining bytes of a character written as `\u…`.
    private var character = UTF8.EncodedScalar().makeIterator()

    init(_ spelling: RawString) {
        self.spelling = spelling
    }

    mutating func next() -> UInt8? {
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
