import Yams

/// Parses the one YAML document of a configuration file (JSON is YAML too) into values.
///
/// Anchors, aliases, merge keys and custom tags are refused where they occur: a configuration needs none of them, and
/// aliases let a small file expand into a large one.
struct YAMLDocument {
    /// Enough for more than a thousand accounts.
    static let sizeLimit = 1 << 20

    let root: YAMLValue

    init(_ bytes: [UInt8], file: String) throws(ConfigurationError) {
        do throws(SyntaxProblem) {
            root = try Self.parse(bytes)
        } catch {
            let problem = ConfigurationProblem(file: file, line: error.line, key: "", explanation: error.explanation)
            throw ConfigurationError(problems: [problem])
        }
    }
}

extension YAMLDocument {
    private static func parse(_ bytes: [UInt8]) throws(SyntaxProblem) -> YAMLValue {
        guard bytes.count <= sizeLimit else {
            throw SyntaxProblem(explanation: "is larger than 1 MiB: this is not a configuration file")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SyntaxProblem(explanation: "is not UTF-8 text: save it as UTF-8")
        }
        guard countAliases(text) <= aliasLimit else {
            throw SyntaxProblem(explanation: "is full of aliases (`*name`): write the values out instead")
        }
        guard let root = try compose(text) else {
            throw SyntaxProblem(explanation: "is empty: it needs at least `accounts`")
        }
        return root
    }

    /// Yams rejects the first mapping that contains a key twice, and the rest of the file with it. To find all
    /// problems, the first of the two gets a mark, which `item` removes again, and the file is parsed once more.
    private static func compose(_ original: String) throws(SyntaxProblem) -> YAMLValue? {
        var text = original
        var repairs = 0
        while true {
            do {
                let parser = try Parser(yaml: text, encoding: .utf8)
                // Nodes refer to their anchors weakly; the parser owns them.
                return try withExtendedLifetime(parser) {
                    try parser.singleRoot().map { item($0, key: "", line: nil) }
                }
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                repairs += 1
                guard repairs <= repairLimit, markKey(in: &text, at: context.mark, number: repairs) else {
                    throw SyntaxProblem(line: context.mark.line, explanation: "has a key twice here: keep one")
                }
            } catch {
                repairs += 1
                guard case YamlError.parser(_, _, let place, _) = error, repairs <= repairLimit,
                    quoteAddress(in: &text, at: place)
                else { throw SyntaxProblem(error, in: original) }
            }
        }
    }

    /// Yams hashes a mapping's keys, and an alias as a key makes that exponential in the number of aliases, before any
    /// can be refused. This many are harmless.
    private static let aliasLimit = 16

    /// Counts what may be an alias: an asterisk in front of a word, outside of comment lines.
    private static func countAliases(_ text: String) -> Int {
        let asterisk = UInt8(ascii: "*")
        let lines = text.split(whereSeparator: \.isNewline).filter { $0.first { !$0.isWhitespace } != "#" }
        return lines.reduce(0) { count, line in
            count + zip(line.utf8, line.utf8.dropFirst()).count { $0 == asterisk && $1 > asterisk }
        }
    }
}
