/// Compares like PHP 8's `strnatcmp`: runs of digits by their value, white space skipped, everything else as bytes.
/// Negative if the first comes before the second, positive if after, zero if PHP considers them equal.
///
/// ecommpay's PHP library sorts by it (`ksort` with `SORT_NATURAL`), oddities included: a run of digits that begins
/// with a zero is compared digit by digit, like a fraction, and only at the very beginning are leading zeros dropped.
func naturalOrder(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
    // A common prefix decides nothing, up to the last position that is inside neither digits nor white space.
    var start = commonPrefix(first, second)
    if start < first.count, start < second.count, start == 0 || !first[start - 1].isLooseInNaturalOrder,
        !first[start].isLooseInNaturalOrder, !second[start].isLooseInNaturalOrder
    {
        return first[start] < second[start] ? -1 : 1
    }
    while start > 0, first[start - 1].isLooseInNaturalOrder {
        start -= 1
    }
    var (i, j) = (start, start)
    if start == 0 {
        i = first.index(pastLeadingZerosFrom: i)
        j = second.index(pastLeadingZerosFrom: j)
    }
    while i < first.count, j < second.count {
        i = first.index(pastWhiteSpaceFrom: i)
        j = second.index(pastWhiteSpaceFrom: j)
        if first.byte(at: i).isDigit, second.byte(at: j).isDigit {
            let order = orderOfNumbers(first, &i, second, &j)
            guard order == 0 else { return order }
            guard i < first.count, j < second.count else { break }
        }
        let (a, b) = (first.byte(at: i), second.byte(at: j))
        guard a == b else { return a < b ? -1 : 1 }
        i += 1
        j += 1
    }
    return (i < first.count ? 1 : 0) - (j < second.count ? 1 : 0)
}

/// Compares as bytes; if one is a prefix of the other, the shorter comes first.
func byteOrder(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
    let common = commonPrefix(first, second)
    guard common < first.count, common < second.count else { return first.count - second.count }
    return Int(first[common]) - Int(second[common])
}

/// Compares two runs of digits and moves past the digits that were compared.
private func orderOfNumbers(
    _ first: UnsafeRawBufferPointer,
    _ i: inout Int,
    _ second: UnsafeRawBufferPointer,
    _ j: inout Int
) -> Int {
    let isFraction = first.byte(at: i) == UInt8(ascii: "0") || second.byte(at: j) == UInt8(ascii: "0")
    var order = 0
    while true {
        let (a, b) = (first.byte(at: i), second.byte(at: j))
        switch (a.isDigit, b.isDigit) {
        case (false, false): return order
        case (false, true): return -1
        case (true, false): return 1
        case (true, true):
            // The first digit that differs decides a fraction; a number, only if the runs turn out to be equally long.
            if order == 0, a != b {
                order = a < b ? -1 : 1
                if isFraction { return order }
            }
        }
        i += 1
        j += 1
    }
}

private func commonPrefix(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
    let count = min(first.count, second.count)
    var index = 0
    while index + 8 <= count {
        let a = first.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
        let b = second.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
        guard a == b else { return index + (a ^ b).trailingZeroBitCount / 8 }
        index += 8
    }
    while index < count, first[index] == second[index] {
        index += 1
    }
    return index
}

extension UnsafeRawBufferPointer {
    /// The byte at an index, or the zero byte that ends a string in C.
    fileprivate func byte(at index: Int) -> UInt8 { index < count ? self[index] : 0 }

    /// Skips leading zeros, but not the last digit of a number.
    fileprivate func index(pastLeadingZerosFrom start: Int) -> Int {
        var index = start
        while byte(at: index) == UInt8(ascii: "0"), byte(at: index + 1).isDigit {
            index += 1
        }
        return index
    }

    fileprivate func index(pastWhiteSpaceFrom start: Int) -> Int {
        var index = start
        while byte(at: index).isWhiteSpace {
            index += 1
        }
        return index
    }
}

extension UInt8 {
    /// Whether more than the byte itself decides: digits form numbers, white space is skipped.
    var isLooseInNaturalOrder: Bool { isDigit || isWhiteSpace }
}
