import LosslessJSON

/// A standalone JSON value, to write in a test and compare with what was parsed: text is compared by its bytes.
indirect enum Tree: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        let key: [UInt8]
        let value: Tree

        init(_ key: String, _ value: Tree) {
            self.key = Array(key.utf8)
            self.value = value
        }
    }

    case object([Member])
    case array([Tree])
    case string([UInt8])
    case number([UInt8])
    case `true`, `false`, null

    static func text(_ string: String) -> Tree { .string(Array(string.utf8)) }
    static func number(_ written: String) -> Tree { .number(Array(written.utf8)) }

    init(_ value: Value) {
        switch value.kind {
        case .object: self = .object(value.members.map { Member($0.key.string, Tree($0.value)) })
        case .array: self = .array(value.elements.map { Tree($0) })
        case .string: self = .text(value.text ?? "not a string")
        case .number: self = .number(value.rawNumber ?? "not a number")
        case .true: self = .true
        case .false: self = .false
        case .null: self = .null
        }
    }
}
