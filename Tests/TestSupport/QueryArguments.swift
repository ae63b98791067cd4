import Foundation
package import GRDB

/// The values of a query's parameters: in their order, or by their names.
package struct QueryArguments: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    private let values: [DatabaseValue]
    private let named: [String: DatabaseValue]

    package init(arrayLiteral elements: (any DatabaseValueConvertible)?...) {
        values = elements.map { $0?.databaseValue ?? .null }
        named = [:]
    }

    package init(dictionaryLiteral elements: (String, (any DatabaseValueConvertible)?)...) {
        values = []
        named = Dictionary(uniqueKeysWithValues: elements.map { ($0, $1?.databaseValue ?? .null) })
    }

    package init(_ named: [String: String]) {
        values = []
        self.named = named.mapValues(\.databaseValue)
    }

    /// As SQLite takes them.
    var ofStatement: StatementArguments {
        named.isEmpty ? StatementArguments(values) : StatementArguments(named)
    }

    /// The values by their names, as SQL.
    var literals: [String: String] { named.mapValues(Self.literal) }

    /// Writes the values into a query in place of its `?`.
    func inserted(into sql: String) -> String {
        let pieces = sql.components(separatedBy: "?")
        let literals = values.map(Self.literal)
        guard pieces.count == literals.count + 1 else { return sql }
        return zip(pieces, literals + [""]).map { $0 + $1 }.joined()
    }

    private static func literal(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "NULL"
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): "'" + text.replacing("'", with: "''") + "'"
        case .blob(let bytes): "CAST('\\x\(hexadecimal(bytes))' AS bytea)"
        }
    }

    private static func hexadecimal(_ bytes: Data) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
