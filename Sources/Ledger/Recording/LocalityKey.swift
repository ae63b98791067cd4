/// A number that callbacks of about the same time have nearly in common, taken from their bytes alone.
///
/// It goes before the digest in the index that recognises the same bytes. Digests are random: in an index of digests
/// alone each callback dirties a page of its own, which is read, logged and copied for 60 bytes. Behind this key a new
/// digest stands among those of the callbacks around it, on a page that is in memory anyway.
///
/// It decides nothing but the place: bytes of which it can make nothing have zero, and digests tell those apart that
/// have it in common. The same bytes must have the same key for ever, also when their body has long been emptied:
/// **this function may never change**.
package enum LocalityKey {
    /// Where a long body is not looked at any further.
    private static let end = 4096
    /// Numbers that grow with time, such as ids of operations, have so many digits. Shorter ones are amounts and phone
    /// numbers, longer ones do not fit.
    private static let lengths = 10...18
    /// Where the fields of a time stand, counted from its `T`, and how many bits each gets: from the years of a century
    /// to the seconds.
    private static let fields = [(-8, 7), (-5, 4), (-2, 5), (1, 5), (4, 6), (7, 6)]

    /// The latest time in the body, to the second, and behind it the lower bits of the largest number.
    package static func of(_ body: [UInt8]) -> Int64 {
        body.prefix(end).withUnsafeBufferPointer { bytes in
            var time: Int64 = 0
            var largest: Int64 = 0
            var index = 0
            while true {
                index = nextDigitOrT(in: bytes, from: index)
                guard index < bytes.count else { break }
                guard bytes[index].isDigit else {
                    time = max(time, Self.time(around: index, in: bytes))
                    index += 1
                    continue
                }
                let start = index
                var number: Int64 = 0
                while index < bytes.count, bytes[index].isDigit {
                    number = number &* 10 &+ Int64(bytes[index] & 15)
                    index += 1
                }
                guard lengths.contains(index - start), start == 0 || !bytes[start - 1].isLetter,
                    index == bytes.count || !bytes[index].isLetter
                else { continue }
                largest = max(largest, number)
            }
            return time << 30 | largest & 0x3FFF_FFFF
        }
    }

    /// The next position of a digit or a `T`, or the end; eight bytes at a time.
    private static func nextDigitOrT(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count {
            let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let found = UInt64(littleEndian: word).digitsAndTs
            guard found == 0 else { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, !bytes[index].isDigit, bytes[index] != UInt8(ascii: "T") { index += 1 }
        return index
    }

    /// Packs `2026-11-22T10:00:01` into 33 bits, which order as the times do within a century; zero if it is no such
    /// text. Whether there is such a day is not asked.
    private static func time(around index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        guard index >= 10, bytes.count - index >= 9,
            bytes[index - 6] == UInt8(ascii: "-"), bytes[index - 3] == UInt8(ascii: "-"),
            bytes[index + 3] == UInt8(ascii: ":"), bytes[index + 6] == UInt8(ascii: ":")
        else { return 0 }
        var time: Int64 = 0
        for (offset, width) in fields {
            let (tens, ones) = (bytes[index + offset], bytes[index + offset + 1])
            guard tens.isDigit, ones.isDigit else { return 0 }
            let field = Int64(tens & 15) * 10 + Int64(ones & 15)
            time = time << Int64(width) | field & (1 << Int64(width) - 1)
        }
        return time
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self &- 48 < 10 }

    fileprivate var isLetter: Bool { (self | 32) &- 97 < 26 }
}

extension UInt64 {
    /// Has the high bit of each byte that is an ASCII digit or a `T`.
    fileprivate var digitsAndTs: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high = ones &* 0x80
        // No sum of seven bits and seven bits carries into the next byte.
        let low = self & ~high
        let digits = (low &+ ones &* (0x80 - 0x30)) & ~(low &+ ones &* (0x80 - 0x3A))
        let others = (low ^ ones &* 0x54) &+ ones &* 0x7F
        return (digits | ~others) & high & ~self
    }
}
