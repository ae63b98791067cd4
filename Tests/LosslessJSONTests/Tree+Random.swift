extension Tree {
    /// A random value, with up to four more levels below it.
    static func random(depth: Int = 4, using chance: inout some RandomNumberGenerator) -> Tree {
        switch Int.random(in: depth > 0 ? 0..<9 : 4..<9, using: &chance) {
        case 0...1: randomObject(depth: depth, using: &chance)
        case 2...3: randomArray(depth: depth, using: &chance)
        case 4: .true
        case 5: .false
        case 6: .null
        case 7: .number(randomNumber(using: &chance))
        default: .text(randomText(using: &chance))
        }
    }

    static func randomObject(depth: Int = 4, using chance: inout some RandomNumberGenerator) -> Tree {
        var seen: Set<[UInt8]> = []
        var members: [Member] = []
        // Occasionally more members than are compared one by one.
        let most = Int.random(in: 0..<8, using: &chance) == 0 ? 24 : 4
        for _ in 0..<Int.random(in: 0...most, using: &chance) {
            let key = randomText(using: &chance)
            guard seen.insert(Array(key.utf8)).inserted else { continue }
            members.append(Member(key, random(depth: depth - 1, using: &chance)))
        }
        return .object(members)
    }

    private static func randomArray(depth: Int, using chance: inout some RandomNumberGenerator) -> Tree {
        .array((0..<Int.random(in: 0...4, using: &chance)).map { _ in random(depth: depth - 1, using: &chance) })
    }

    private static func randomNumber(using chance: inout some RandomNumberGenerator) -> String {
        var written = Bool.random(using: &chance) ? "-" : ""
        written += "\(UInt64.random(in: 0...UInt64.max >> Int.random(in: 0...63, using: &chance), using: &chance))"
        if Bool.random(using: &chance) {
            written += ".\(UInt32.random(in: 0...UInt32.max, using: &chance))0"
        }
        if Bool.random(using: &chance) {
            written += ["e", "E", "e+", "E-"].randomElement(using: &chance) ?? ""
            written += "0\(UInt16.random(in: 0...UInt16.max, using: &chance))"
        }
        return written
    }

    /// Text of characters that take one to four bytes, including those that must be escaped.
    private static func randomText(using chance: inout some RandomNumberGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &chance) {
            let bits = [5, 7, 7, 7, 8, 11, 16, 20].randomElement(using: &chance) ?? 7
            text.append(Unicode.Scalar(UInt32.random(in: 0..<1 << bits, using: &chance)) ?? "\u{10FFFF}")
        }
        return String(text)
    }
}
