/// Reproducible random numbers: SplitMix64. Each payment, callback and status request has its own stream, so that what
/// happens to one does not depend on when the others came.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64, stream: Int...) {
        state = seed
        for number in stream { state = next() ^ UInt64(bitPattern: Int64(number)) }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func happens(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    /// A random duration within a range of seconds, in whole milliseconds.
    mutating func seconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(Int.random(in: range.lowerBound * 1000...range.upperBound * 1000, using: &self))
    }

    /// One of the choices; the fallback if there are none.
    mutating func one<Choice>(of choices: [Choice], else fallback: Choice) -> Choice {
        choices.randomElement(using: &self) ?? fallback
    }

    mutating func hexadecimal(_ digits: Int) -> String {
        String((0..<digits).map { _ in Self.digits[Int(truncatingIfNeeded: next() >> 60)] })
    }

    /// A random UUID (version 4), like eComCharge's uids.
    mutating func uuid() -> String {
        let variant = Self.digits[8 + Int(truncatingIfNeeded: next() >> 62)]
        return "\(hexadecimal(8))-\(hexadecimal(4))-4\(hexadecimal(3))-\(variant)\(hexadecimal(3))-\(hexadecimal(12))"
    }

    private static let digits = Array("0123456789abcdef")
}
