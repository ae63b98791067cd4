import Payments

extension LibPQ {
    /// The rows of a result, whose columns are sent as the server has them in memory.
    func rows(of result: Pointer) throws(PostgreSQLError) -> [Row] {
        let fields = nfields(result)
        var columns: [String] = []
        var types: [CUnsignedInt] = []
        for field in 0..<fields {
            columns.append(fname(result, field).map { String(cString: $0) } ?? "")
            types.append(ftype(result, field))
        }
        var rows: [Row] = []
        rows.reserveCapacity(Int(ntuples(result)))
        for row in 0..<ntuples(result) {
            var values: [SQLValue] = []
            values.reserveCapacity(columns.count)
            for field in 0..<fields {
                guard getisnull(result, row, field) == 0, let start = getvalue(result, row, field) else {
                    values.append(.null)
                    continue
                }
                let bytes = UnsafeRawBufferPointer(start: start, count: Int(getlength(result, row, field)))
                guard let value = SQLValue(bytes, ofType: types[Int(field)]) else {
                    let column = columns[Int(field)]
                    throw PostgreSQLError(state: "42804", message: "the column \(column) is of a type that is not used")
                }
                values.append(value)
            }
            rows.append(Row(columns: columns, values: values))
        }
        return rows
    }
}

extension SQLValue {
    /// - Returns: `nil` for a type that no statement returns.
    fileprivate init?(_ bytes: UnsafeRawBufferPointer, ofType oid: CUnsignedInt) {
        switch oid {
        case 16: self = .integer(bytes.first == 0 ? 0 : 1)  // bool
        case 17: self = .blob(Array(bytes))  // bytea
        case 20: self = .integer(Int64(bitPattern: bytes.bigEndian()))  // int8
        case 21: self = .integer(Int64(Int16(bitPattern: bytes.bigEndian())))  // int2
        case 23: self = .integer(Int64(Int32(bitPattern: bytes.bigEndian())))  // int4
        // char, name, text, unknown, varchar
        case 18, 19, 25, 705, 1043: self = .text(String(decoding: bytes, as: UTF8.self))
        case 1700: self.init(numeric: bytes)
        default: return nil  // The types of a server are an open set.
        }
    }

    /// An integer of any size, as `sum` returns it: digits to the base of 10,000, the first with the weight given.
    private init?(numeric bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 8 else { return nil }
        func part(_ index: Int) -> Int16 {
            Int16(bitPattern: UnsafeRawBufferPointer(rebasing: bytes[(2 * index)...].prefix(2)).bigEndian())
        }
        let (count, weight, sign) = (Int(part(0)), Int(part(1)), part(2))
        guard bytes.count == 8 + 2 * count, sign == 0 || sign == 0x4000, weight < 5 else { return nil }
        var number: Int64 = 0
        for index in 0...max(weight, 0) {
            let digit = weight >= 0 && index < count ? Int64(part(4 + index)) : 0
            number = number.multipliedSaturated(by: 10_000).addingSaturated(sign == 0 ? digit : digit.negatedSaturated)
        }
        // What is behind the point is no integer.
        for index in max(weight + 1, 0)..<max(count, weight + 1, 0) where part(4 + index) != 0 { return nil }
        self = .integer(number)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func bigEndian<Integer: FixedWidthInteger>() -> Integer {
        var number: Integer = 0
        for byte in self { number = number << 8 | Integer(byte) }
        return number
    }
}
