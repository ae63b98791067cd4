extension [UInt8] {
    /// Decodes padded base64 in the standard alphabet, with nothing left over (RFC 4648, section 4); nil for anything
    /// else.
    init?(base64 text: some Collection<UInt8>) {
        guard text.count.isMultiple(of: 4) else { return nil }
        self.init(text, atMost: text.count, by: Self.sextet)
    }

    /// Decodes base64 in any spelling in which signatures are sent: in either alphabet (RFC 4648, sections 4 and 5),
    /// padded or not, with white space anywhere. The bytes are the same in each.
    init?(base64InAnySpelling text: some Collection<UInt8>) {
        self.init(text.lazy.filter { !$0.isWhiteSpace }, atMost: text.count, by: Self.sextetInAnySpelling)
    }

    /// - Parameter count: how many characters there are at most.
    private init?(_ text: some Sequence<UInt8>, atMost count: Int, by sextet: (UInt8) -> UInt8?) {
        var bits: UInt32 = 0
        var characters = 0
        var padding = 0
        var isValid = true
        self.init(unsafeUninitializedCapacity: count / 4 * 3 + 3) { bytes, count in
            for character in text {
                if character == UInt8(ascii: "=") {
                    padding += 1
                    continue
                }
                guard padding == 0, let sextet = sextet(character) else { return isValid = false }
                bits = bits << 6 | UInt32(sextet)
                characters += 1
                guard characters.isMultiple(of: 4) else { continue }
                bytes[count] = UInt8(truncatingIfNeeded: bits >> 16)
                bytes[count + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                bytes[count + 2] = UInt8(truncatingIfNeeded: bits)
                count += 3
            }
        }
        // The bits that are left over must be zero, or two texts would mean the same bytes.
        switch (characters % 4, padding) {
        case _ where !isValid: return nil
        case (0, 0): break
        case (2, 0), (2, 2):
            guard bits & 0xF == 0 else { return nil }
            append(UInt8(truncatingIfNeeded: bits >> 4))
        case (3, 0), (3, 1):
            guard bits & 0x3 == 0 else { return nil }
            append(UInt8(truncatingIfNeeded: bits >> 10))
            append(UInt8(truncatingIfNeeded: bits >> 2))
        default: return nil  // A number of characters that no bytes have.
        }
    }

    private static func sextetInAnySpelling(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: sextet(character)  // The standard alphabet.
        }
    }

    private static func sextet(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

extension UInt8 {
    /// Space, tab, line feed, vertical tab, form feed, carriage return.
    var isWhiteSpace: Bool { self == UInt8(ascii: " ") || (9...13).contains(self) }
}
