/// A JSON value that is built, or was received and may be changed. Members keep their order, and numbers their text.
package enum JSON: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let key: String
        package var value: JSON

        package init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    case object([Member])
    case array([JSON])
    case string(String)
    case number(String)
    case bool(Bool)
    case null

    package static func integer(_ number: some BinaryInteger) -> JSON { .number(String(number)) }

    package static func strings(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }

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

    /// The object with new members, which replace those with the same key or are added at the end.
    package func with(_ members: KeyValuePairs<String, JSON>) -> JSON {
        guard case .object(var own) = self else { return self }
        for (key, value) in members {
            if let index = own.firstIndex(where: { $0.key == key }) {
                own[index].value = value
            } else {
                own.append(Member(key, value))
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
        self = .object(members.map { Member($0, $1) })
    }

    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int64) { self = .integer(number) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
}

extension JSON {
    /// - Throws: if the bytes are not one strict JSON value.
    package init(reading bytes: [UInt8]) throws(SyntaxError) {
        self.init(try Document(bytes).root)
    }

    private init(_ value: LosslessJSON.Value) {
        switch value.kind {
        case .object: self = .object(value.members.map { Member($0.key.string, JSON($0.value)) })
        case .array: self = .array(value.elements.map { JSON($0) })
        case .string: self = .string(value.text ?? "")
        case .number: self = .number(value.rawNumber ?? "")
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        case .null: self = .null
        }
    }
}

extension JSON {
    /// Compact UTF-8 without needless escapes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2048)
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONWriter.append(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .string(let text): JSONWriter.append(text, to: &bytes)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        }
    }
}
