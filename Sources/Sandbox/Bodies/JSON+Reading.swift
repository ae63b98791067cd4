package import LosslessJSON

extension JSON {
    /// - Throws: if the bytes are not one strict JSON value.
    package init(reading bytes: [UInt8]) throws(SyntaxError) {
        self.init(try Document(bytes).root)
    }

    private init(_ value: LosslessJSON.Value) {
        switch value.kind {
        case .object: self = .object(value.members.map { Member(key: $0.key.string, value: JSON($0.value)) })
        case .array: self = .array(value.elements.map { JSON($0) })
        case .string: self = .string(value.text ?? "")
        case .number: self = .number(value.rawNumber ?? "")
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        case .null: self = .null
        }
    }
}
