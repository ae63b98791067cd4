/// A JSON value that the sandbox makes or was asked with. Members keep their order, and numbers their text.
package enum JSON: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let key: String
        package var value: JSON
    }

    case object([Member])
    case array([JSON])
    case string(String)
    case number(String)
    case bool(Bool)
    case null

    package static func integer(_ number: some BinaryInteger) -> JSON { .number(String(number)) }

    package static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// The member of an object; nil if there is none, or this is not an object.
    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var isNull: Bool { self == .null }

    /// The object with members put in place of those of the same key, or at the end.
    package func with(_ members: KeyValuePairs<String, JSON>) -> JSON {
        guard case .object(var own) = self else { return self }
        for (key, value) in members {
            if let index = own.firstIndex(where: { $0.key == key }) {
                own[index].value = value
            } else {
                own.append(Member(key: key, value: value))
            }
        }
        return .object(own)
    }

    /// The object without a member.
    package func without(_ key: String) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.key != key })
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    package init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(members.map { Member(key: $0, value: $1) })
    }

    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int64) { self = .integer(number) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
}
