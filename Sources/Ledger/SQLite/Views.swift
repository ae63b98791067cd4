import Crypto
import Foundation
import GRDB

/// The public views, each with its documentation: one file each, replaced as a whole when any of them changes.
enum Views {
    /// By name; in any order, since SQLite looks names up when a view is read.
    private static let texts: [(name: String, text: [UInt8])] = [
        ("account_health", PackageResources.account_health_sql),
        ("anomalies", PackageResources.anomalies_sql),
        ("callbacks", PackageResources.callbacks_sql),
        ("checkouts", PackageResources.checkouts_sql),
        ("currencies", PackageResources.currencies_sql),
        ("entries", PackageResources.entries_sql),
        ("forwards", PackageResources.forwards_sql),
        ("instructions", PackageResources.instructions_sql),
        ("operations", PackageResources.operations_sql),
        ("orders", PackageResources.orders_sql),
        ("payments", PackageResources.payments_sql),
        ("polls", PackageResources.polls_sql),
        ("rejected", PackageResources.rejected_sql),
        ("schema_docs", PackageResources.schema_docs_sql),
        ("subscriptions", PackageResources.subscriptions_sql),
        ("targets", PackageResources.targets_sql),
        ("timeline", PackageResources.timeline_sql),
        ("tokens", PackageResources.tokens_sql),
        ("transitions", PackageResources.transitions_sql),
    ]

    static let digest: [UInt8] = {
        var hash = SHA256()
        for (_, text) in texts { hash.update(data: text) }
        return Array(hash.finalize())
    }()

    /// Whether the database has other views than this program.
    static func areOutdated(in database: Database) throws -> Bool {
        try Data.fetchOne(database, sql: "SELECT digest FROM view_digest") != Data(digest)
    }

    static func drop(from database: Database) throws {
        for (name, _) in texts { try database.execute(sql: "DROP VIEW IF EXISTS \(name)") }
    }

    static func create(in database: Database) throws {
        try database.execute(sql: "DELETE FROM schema_doc")
        for (_, text) in texts { try database.execute(sql: expanded(String(decoding: text, as: UTF8.self))) }
        try database.execute(
            sql: "INSERT OR REPLACE INTO view_digest (id, digest) VALUES (0, ?)",
            arguments: [Data(digest)]
        )
    }

    // MARK: On PostgreSQL, whose schema has functions for what SQLite expands

    static let drops = texts.reversed().map { "DROP VIEW IF EXISTS \($0.name);" }.joined()

    /// - Parameter replacing: whether views that are there keep what other programs have built upon them.
    static func script(replacing: Bool) -> String {
        texts.map { _, text in
            let text = String(decoding: text, as: UTF8.self)
            return replacing ? text.replacing("CREATE VIEW", with: "CREATE OR REPLACE VIEW") : text
        }.joined(separator: ";")
    }

    // MARK: One text for every engine

    /// Replaces the functions that the texts call by plain expressions, so that a reader needs nothing but SQLite itself.
    static func expanded(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let call = rest.firstRange(of: "paystate_") {
            result += rest[..<call.lowerBound]
            rest = rest[call.lowerBound...]
            let name = rest.prefix { $0 == "_" || $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard rest.first == "(" else {
                result += name
                continue
            }
            let arguments = arguments(&rest).map(expanded)
            switch (String(name), arguments.count) {
            case ("paystate_now", 0): result += "(unixepoch() * 1000)"
            case ("paystate_time", 1):
                result += "strftime('%Y-%m-%dT%H:%M:%fZ', \(arguments[0]) / 1000.0, 'unixepoch')"
            case ("paystate_amount", 2): result += amount(arguments[0], exponent: arguments[1])
            case ("paystate_larger", 2): result += "max(\(arguments[0]), \(arguments[1]))"
            case ("paystate_smaller", 2): result += "min(\(arguments[0]), \(arguments[1]))"
            default: preconditionFailure("\(name) with \(arguments.count) arguments is no function of the views")
            }
        }
        return result + rest
    }

    /// Takes the arguments of a call, from its opening to its closing parenthesis.
    private static func arguments(_ text: inout Substring) -> [String] {
        var arguments: [String] = []
        var argument = ""
        var (depth, isQuoted) = (0, false)
        while let character = text.popFirst() {
            if character == "'" { isQuoted.toggle() }
            switch character {
            case "(" where !isQuoted:
                depth += 1
                if depth > 1 { argument.append(character) }
            case ")" where !isQuoted:
                depth -= 1
                guard depth > 0 else {
                    let last = argument.trimmingPrefix { $0.isWhitespace }
                    return last.isEmpty && arguments.isEmpty ? [] : arguments + [String(last)]
                }
                argument.append(character)
            case "," where !isQuoted && depth == 1:
                arguments.append(String(argument.trimmingPrefix { $0.isWhitespace }))
                argument = ""
            default: argument.append(character)
            }
        }
        return arguments
    }

    /// Decimal text by the currency's exponent; NULL where that is not known.
    private static func amount(_ minor: String, exponent: String) -> String {
        let digits = "printf('%0*d', \(exponent) + 1 + (\(minor) < 0), \(minor))"
        return """
            CASE WHEN \(minor) IS NULL THEN NULL WHEN \(exponent) = 0 THEN CAST(\(minor) AS TEXT)
                WHEN \(exponent) > 0 THEN substr(\(digits), 1, length(\(digits)) - \(exponent))
                || '.' || substr(\(digits), -\(exponent)) END
            """
    }
}
