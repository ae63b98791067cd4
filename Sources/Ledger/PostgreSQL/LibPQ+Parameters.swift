extension [SQLValue] {
    /// The values as libpq takes them: integers as text, of which the server knows the type, the rest as it is.
    func withParameters<Output>(
        _ body: (_ count: CInt, LibPQ.Texts?, LibPQ.Numbers?, LibPQ.Numbers?) -> Output
    ) -> Output {
        guard !isEmpty else { return body(0, nil, nil, nil) }
        var bytes: [UInt8] = []
        var starts: [Int?] = []
        var (lengths, formats): ([CInt], [CInt]) = ([], [])
        starts.reserveCapacity(count)
        lengths.reserveCapacity(count)
        formats.reserveCapacity(count)
        for value in self {
            let start = bytes.count
            switch value {
            case .null: break
            case .integer(let number): bytes.append(contentsOf: String(number).utf8)
            case .text(let text): bytes.append(contentsOf: text.utf8)
            case .blob(let blob): bytes.append(contentsOf: blob)
            }
            starts.append(value == .null ? nil : start)
            lengths.append(CInt(bytes.count - start))
            if case .integer = value { formats.append(0) } else { formats.append(1) }
            bytes.append(0)
        }
        return bytes.withUnsafeBytes { bytes in
            let bytes = bytes.assumingMemoryBound(to: CChar.self)
            let values = starts.map { start in start.flatMap { bytes.baseAddress?.advanced(by: $0) } }
            return values.withUnsafeBufferPointer { body(CInt(count), $0.baseAddress, lengths, formats) }
        }
    }
}

extension ColumnType {
    /// The type of a parameter, as the server numbers it; 0 has the server tell it from where the parameter stands.
    var oid: CUnsignedInt {
        switch self {
        case .integer: 20
        case .text: 25
        case .blob: 17
        case .any: 0
        }
    }
}
