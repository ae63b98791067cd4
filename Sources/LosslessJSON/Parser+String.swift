extension Parser {
    /// Parses a string or a key, which must be UTF-8 both as written and unescaped; it is unescaped only on access.
    mutating func string() throws(SyntaxError) {
        position += 1
        let start = position
        var isEscaped = false
        while true {
            skipPlain()
            switch next {
            case UInt8(ascii: "\""):
                append(.string, from: start, isEscaped: isEscaped)
                position += 1
                return
            case UInt8(ascii: "\\"):
                try escapedCharacter()
                isEscaped = true
            case .some(0x80...): try character()
            default: throw fault(.controlCharacter)
            }
        }
    }

    /// Skips the bytes that need no second look, eight at a time.
    private mutating func skipPlain() {
        while position + 8 <= bytes.count {
            let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let special = UInt64(littleEndian: word).specialBytes
            guard special == 0 else {
                position += special.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
        while let byte = next, 0x20..<0x80 ~= byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            position += 1
        }
    }

    /// Reads an escape, or the two that make a surrogate pair.
    private mutating func escapedCharacter() throws(SyntaxError) {
        let start = position
        guard let unit = try escape(), 0xD800...0xDFFF ~= unit else { return }
        let lone = SyntaxError(offset: start, reason: .surrogate)
        guard unit < 0xDC00 else { throw lone }
        guard next != nil else { throw fault() }
        guard next == UInt8(ascii: "\\"), let second = try escape(), 0xDC00...0xDFFF ~= second else { throw lone }
    }

    /// Reads one escape, and returns its UTF-16 code unit if it is written as `\uXXXX`.
    private mutating func escape() throws(SyntaxError) -> UInt32? {
        let invalid = SyntaxError(offset: position, reason: .escape)
        position += 1
        guard let letter = next else { throw fault() }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return nil
        case UInt8(ascii: "u"):
            var unit: UInt32 = 0
            for _ in 0..<4 {
                guard let byte = next else { throw fault() }
                guard let digit = byte.hexDigit else { throw invalid }
                unit = unit << 4 | digit
                position += 1
            }
            return unit
        default: throw invalid
        }
    }

    /// Reads a character of more than one byte, by the table of well-formed UTF-8 (Unicode 3.9, table 3-7).
    private mutating func character() throws(SyntaxError) {
        let invalid = SyntaxError(offset: position, reason: .utf8)
        let length: Int
        var allowed: ClosedRange<UInt8>
        switch next {
        case .some(0xC2...0xDF): (length, allowed) = (2, 0x80...0xBF)
        case 0xE0: (length, allowed) = (3, 0xA0...0xBF)
        case 0xED: (length, allowed) = (3, 0x80...0x9F)
        case .some(0xE1...0xEF): (length, allowed) = (3, 0x80...0xBF)
        case 0xF0: (length, allowed) = (4, 0x90...0xBF)
        case .some(0xF1...0xF3): (length, allowed) = (4, 0x80...0xBF)
        case 0xF4: (length, allowed) = (4, 0x80...0x8F)
        default: throw invalid
        }
        position += 1
        for _ in 1..<length {
            guard let byte = next else { throw fault() }
            guard allowed ~= byte else { throw invalid }
            position += 1
            allowed = 0x80...0xBF
        }
    }
}

extension UInt64 {
    /// Has the high bit of the lowest byte that is a quote, a backslash, a control character or not ASCII. Bits above
    /// that one mean nothing, because the subtractions borrow; zero means that there is no such byte.
    fileprivate var specialBytes: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = self ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslashes = self ^ ones &* UInt64(UInt8(ascii: "\\"))
        let controls = (self &- ones &* 0x20) & ~self
        return (controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | self) & (ones &* 0x80)
    }
}
