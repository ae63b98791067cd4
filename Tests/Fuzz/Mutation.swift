/// One way of changing an input. Most leave its structure partly alive.
enum Mutation: CaseIterable {
    case flipBit, setByte, insertByte
    case delete, duplicate, move
    case insertToken, replaceByToken
    /// The beginning of one input and the end of another.
    case splice
    /// A whole value in place of another: the result is often well formed.
    case exchangeValue
    /// A whole value twice, with a comma between: an equal element, or an equal key.
    case repeatValue
    case nest
    /// A byte written as `\u00XX`: within a string, the same text in another form.
    case escape

    func apply(to bytes: inout [UInt8], other: [UInt8], using chance: inout some RandomNumberGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &chance)
        let slice = bytes.slice(from: place, using: &chance)
        switch self {
        case .flipBit:
            guard place < bytes.count else { return }
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
        case .setByte:
            guard place < bytes.count else { return }
            bytes[place] = .random(in: 0...255, using: &chance)
        case .insertByte: bytes.insert(.random(in: 0...255, using: &chance), at: place)
        case .delete: bytes.removeSubrange(slice)
        case .duplicate: bytes.insert(contentsOf: bytes[slice], at: slice.upperBound)
        case .move:
            let moved = bytes[slice]
            bytes.removeSubrange(slice)
            bytes.insert(contentsOf: moved, at: Int.random(in: 0...bytes.count, using: &chance))
        case .insertToken: bytes.insert(contentsOf: Token.any(using: &chance), at: place)
        case .replaceByToken: bytes.replaceSubrange(slice, with: Token.any(using: &chance))
        case .splice:
            bytes.removeSubrange(place...)
            bytes += other[Int.random(in: 0...other.count, using: &chance)...]
        case .exchangeValue:
            guard let value = bytes.value(near: place) else { return }
            let start = Int.random(in: 0...other.count, using: &chance)
            bytes.replaceSubrange(value, with: other.value(near: start).map { other[$0] } ?? [])
        case .repeatValue:
            guard let value = bytes.value(near: place) else { return }
            let colon = bytes[value.upperBound...].starts(with: ":".utf8) ? value.upperBound : nil
            let end = colon.flatMap { bytes.value(near: $0)?.upperBound } ?? value.upperBound
            bytes.insert(contentsOf: [UInt8(ascii: ",")] + bytes[value.lowerBound..<end], at: end)
        case .nest:
            guard let value = bytes.value(near: place) else { return }
            bytes.insert(UInt8(ascii: "]"), at: value.upperBound)
            bytes.insert(UInt8(ascii: "["), at: value.lowerBound)
        case .escape:
            guard place < bytes.count else { return }
            bytes.replaceSubrange(place...place, with: #"\u00\#(bytes[place].hexadecimal)"#.utf8)
        }
    }
}

extension [UInt8] {
    /// Up to 32 bytes from a place.
    fileprivate func slice(from place: Int, using chance: inout some RandomNumberGenerator) -> Range<Int> {
        place..<Swift.min(count, place + Int.random(in: 0...32, using: &chance))
    }

    /// The next value that begins with a bracket, a brace or a quote, found approximately; `nil` if there is none.
    fileprivate func value(near place: Int) -> Range<Int>? {
        guard let start = self[place...].firstIndex(where: { "[{\"".utf8.contains($0) }) else { return nil }
        var (depth, isInString, index) = (0, false, start)
        while index < count {
            switch self[index] {
            case UInt8(ascii: "\\") where isInString: index += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += isInString ? 0 : 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= isInString ? 0 : 1
            default: break
            }
            index += 1
            if depth <= 0, !isInString { return start..<Swift.min(index, count) }
        }
        return nil
    }
}
