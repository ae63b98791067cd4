/// A JSON body to serialize, in the given order.
indirect enum Body: Sendable, Equatable {
    case object([Member])
    case array([Body])
    case string(String)
    /// A number as it is written.
    case number(String)
    case bool(Bool)
    case null

    struct Member: Sendable, Equatable {
        let key: String
        let value: Body
    }

    var text: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.key)):\($0.value.text)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .string(let string): Self.quoted(string)
        case .number(let number): number
        case .bool(let bool): bool ? "true" : "false"
        case .null: "null"
        }
    }

    var bytes: [UInt8] { Array(text.utf8) }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\0", with: "\\u0000") + "\""
    }

    /// The body with more members, each replacing one of the same key.
    func with(_ members: Body) -> Body {
        guard case .object(var old) = self, case .object(let new) = members else { return self }
        old.removeAll { member in new.contains { $0.key == member.key } }
        return .object(old + new)
    }

    /// Every body that differs from this one in a single value, which is replaced by another.
    func replacingEach(by other: Body) -> [Body] {
        switch self {
        case .object(let members):
            members.indices.flatMap { index in
                let member = members[index]
                return ([other] + member.value.replacingEach(by: other)).map { value -> Body in
                    var changed = members
                    changed[index] = Member(key: member.key, value: value)
                    return .object(changed)
                }
            }
        case .array(let elements):
            elements.indices.flatMap { index in
                ([other] + elements[index].replacingEach(by: other)).map { value -> Body in
                    var changed = elements
                    changed[index] = value
                    return .array(changed)
                }
            }
        case .string, .number, .bool, .null: []
        }
    }
}

extension Body: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    init(dictionaryLiteral elements: (String, Body)...) { self = .object(elements.map(Member.init)) }
    init(arrayLiteral elements: Body...) { self = .array(elements) }
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .number(String(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
}
