/// The fields of a query or of a form that was sent, decoded (`application/x-www-form-urlencoded`).
package struct FormFields {
    private let values: [String: String]
    /// Whether a NUL stands in it: no name or note has one, and PostgreSQL cannot hold it.
    let hasNUL: Bool

    /// The names of the fields.
    var names: Set<String> { Set(values.keys) }

    package init(query: String?) {
        var values: [String: String] = [:]
        for pair in (query ?? "").split(separator: "&").prefix(100) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0], plusIsSpace: true), values[name] == nil else { continue }
            values[name] = parts.count > 1 ? Self.decoded(parts[1], plusIsSpace: true) ?? "" : ""
        }
        self.values = values
        hasNUL = Self.hasNUL(query ?? "")
    }

    /// The field's value without the spaces around it; `nil` if it is missing or empty.
    package subscript(_ name: String) -> String? {
        guard let value = values[name]?.trimmed, !value.isEmpty else { return nil }
        return value
    }

    /// The field's value exactly as it was sent.
    package func exact(_ name: String) -> String? { values[name] }

    /// Whether a NUL stands in an encoded text, such as a path and its query.
    static func hasNUL(_ text: String) -> Bool { text.utf8.contains(0) || text.utf8.contains("%00".utf8) }

    /// - Returns: `nil` if an escape is incomplete, the bytes are not UTF-8, or one of them is NUL.
    package static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(Self.digit), let low = rest.next().flatMap(Self.digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace ?? false { text.removeFirst() }
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
