/// The metrics and labels that a Prometheus query names: enough of the grammar for our own queries, and an error for
/// anything else.
struct PromQL {
    struct Unknown: Error, CustomStringConvertible {
        let description: String
    }

    /// A metric, with the labels that its matchers name.
    private(set) var metrics: [(name: String, labels: Set<String>)] = []
    /// The labels that results are grouped or matched by.
    private(set) var groupings: Set<String> = []

    private static let functions: Set<String> = [
        "absent", "avg_over_time", "changes", "count", "delta", "histogram_quantile", "increase", "max", "min",
        "predict_linear", "rate", "sum", "time",
    ]
    private static let groupingWords: Set<String> = ["by", "on", "without", "ignoring"]
    private static let words: Set<String> = ["and", "or", "unless"]

    private var tokens: ArraySlice<Token>

    fileprivate enum Token: Equatable {
        case name(String)
        case text
        case mark(Character)
    }

    init(_ query: String) throws {
        tokens = Self.tokens(of: query)[...]
        while let token = tokens.popFirst() {
            guard case .name(let name) = token else { continue }
            if Self.groupingWords.contains(name) {
                groupings.formUnion(try names(from: "(", to: ")"))
            } else if Self.functions.contains(name) {
                guard tokens.first == .mark("(") || tokens.first.isGrouping else {
                    throw Unknown(description: "\(name) calls nothing")
                }
            } else if !Self.words.contains(name) {
                guard tokens.first != .mark("(") else { throw Unknown(description: "there is no function \(name)") }
                metrics.append((name, tokens.first == .mark("{") ? try names(from: "{", to: "}") : []))
            }
        }
    }

    private mutating func names(from begin: Character, to end: Character) throws -> Set<String> {
        guard tokens.popFirst() == .mark(begin) else { throw Unknown(description: "\(begin) is missing") }
        var names: Set<String> = []
        while let token = tokens.popFirst(), token != .mark(end) {
            if case .name(let name) = token { names.insert(name) }
        }
        return names
    }

    private static func tokens(of query: String) -> [Token] {
        var tokens: [Token] = []
        var rest = query[...]
        while let first = rest.first {
            if first.isLetter || first == "_" {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
                tokens.append(.name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if first.isNumber {
                rest = rest.drop { $0.isNumber || $0.isLetter || $0 == "." }
            } else if first == "\"" {
                tokens.append(.text)
                rest = rest.dropFirst().drop { $0 != "\"" }.dropFirst()
            } else if first == "[" {
                rest = rest.drop { $0 != "]" }.dropFirst()
            } else {
                if !first.isWhitespace { tokens.append(.mark(first)) }
                rest = rest.dropFirst()
            }
        }
        return tokens
    }
}

extension PromQL.Token? {
    fileprivate var isGrouping: Bool { self == .name("by") || self == .name("without") }
}
