import Telemetry
import Yams

/// Why a file is not YAML, for the person who edits it: where, and what to write instead.
struct SyntaxProblem: Error {
    /// Counted from 1; `nil` if the problem concerns the file as a whole.
    var line: Int?
    let explanation: String
}

extension SyntaxProblem {
    /// Yams' errors carry the whole text, secrets included: only places are taken from them, and keys from the text.
    ///
    /// - Parameter text: the text as it stands in the file.
    init(_ error: any Error, in text: String) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self = Self.explained(problem, context, at: mark, in: YAMLLines(text))
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { yaml.prefix($0).count(where: \.isNewline) + 1 }
            self = SyntaxProblem(line: line, explanation: "is not YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping, nil:
            self = SyntaxProblem(explanation: "is not YAML that can be read")
        }
    }

    private init(line: Int, column: Int, _ explanation: String) {
        self.init(line: line, explanation: "is not YAML at column \(column): \(explanation)")
    }

    private init(at mark: Mark, _ explanation: String) {
        self.init(line: mark.line, column: mark.column, explanation)
    }

    private init(at line: YAMLLines.Line, _ explanation: String) {
        self.init(line: line.number, column: line.indentation + 1, explanation)
    }

    /// - Parameters:
    ///   - problem: libyaml's words.
    ///   - context: where the list, text or mapping begins that libyaml was reading.
    private static func explained(
        _ problem: String,
        _ context: YamlError.Context?,
        at mark: Mark,
        in lines: YAMLLines
    ) -> SyntaxProblem {
        if let line = lines[mark.line] {
            if line.hasTab { return tab(line, in: lines) }
            if let explained = misplaced(problem, line, at: mark, in: lines) { return explained }
        }
        let start = context?.mark ?? mark
        if context?.text.hasSuffix("an anchor") ?? false || context?.text.hasSuffix("an alias") ?? false {
            return SyntaxProblem(at: start, "a value that begins with `&` or `*` must be in quotes")
        }
        if context?.text.hasSuffix("a tag") ?? false {
            return SyntaxProblem(at: start, "a value that begins with `!` must be in quotes")
        }
        switch problem {
        case "could not find expected ':'": return SyntaxProblem(at: start, missingColon)
        case "did not find expected ',' or ']'":
            return SyntaxProblem(at: start, "the list that begins here with `[` lacks a comma or its `]`")
        case "did not find expected ',' or '}'":
            return SyntaxProblem(at: start, "the mapping that begins here with `{` lacks a comma or its `}`")
        case "found unexpected end of stream", "found unexpected document indicator":
            return SyntaxProblem(at: start, "the text that begins here in quotes lacks the closing quote")
        case "found unknown escape character", "did not find expected hexdecimal number":
            return SyntaxProblem(at: mark, "an unknown escape in double quotes: write `\\\\`, or use single quotes")
        case "found character that cannot start any token":
            return SyntaxProblem(at: mark, "a value that begins with this character must be in quotes")
        case "found undefined alias":
            return SyntaxProblem(at: mark, "a value that begins with `*` must be in quotes")
        case "but found another document":
            return SyntaxProblem(at: mark, "`---` begins another document: a file may have only one")
        case "block sequence entries are not allowed in this context":
            return SyntaxProblem(at: mark, "a list item (`- `) must begin on a line of its own, below its key")
        case "did not find expected node content": return SyntaxProblem(at: mark, "a key or a value is expected here")
        default:  // libyaml's problems are an open set.
            let beginning = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
            return SyntaxProblem(at: mark, "\(problem)\(beginning)")
        }
    }

    private static let missingColon = "there is no `: ` after the key: write a colon, a space and the value"

    private static func tab(_ line: YAMLLines.Line, in lines: YAMLLines) -> SyntaxProblem {
        let above = lines.line(above: line.number)
        let parent = above.flatMap { $0.hasValue ? nil : $0.key }.map { " to indent below `\($0)`" } ?? ""
        return SyntaxProblem(at: line, "a tab indents this line: use spaces\(parent)")
    }

    /// A line that is indented too little or too much, or has the wrong form for its place; `nil` if it is none.
    private static func misplaced(
        _ problem: String,
        _ line: YAMLLines.Line,
        at mark: Mark,
        in lines: YAMLLines
    ) -> SyntaxProblem? {
        switch problem {
        case "mapping values are not allowed in this context":
            if line.content.prefix(max(0, mark.column - 1 - line.indentation)).contains(": ") {
                return SyntaxProblem(at: mark, "a value with `: ` in it must be in quotes")
            }
            guard let above = lines.line(above: line.number) else { return nil }
            if above.indentation < line.indentation, above.hasValue || above.isListItem {
                let advice = "indent it like that line, or remove that value"
                return SyntaxProblem(at: line, "it is indented below \(above.name), which has a value: \(advice)")
            }
            return above.key == nil && !above.isListItem ? SyntaxProblem(at: above, missingColon) : nil
        case "did not find expected key", "did not find expected '-' indicator",
            "did not find expected <document start>":
            guard mark.column == line.indentation + 1 else {
                return SyntaxProblem(at: mark, "there is more after the value: put all of it in quotes")
            }
            if let explained = unevenlyIndented(line, in: lines) { return explained }
            if line.isListItem {
                let advice = "put it below its key"
                return SyntaxProblem(at: line, "a list item (`- `) stands where a key is expected: \(advice)")
            }
            guard problem == "did not find expected '-' indicator" else { return nil }
            return SyntaxProblem(at: line, "a list item (`- `) is expected: indent a key like the key of the list")
        default: return nil  // libyaml's problems are an open set.
        }
    }

    /// A line with another number of spaces than each line that it may stand beside.
    private static func unevenlyIndented(_ line: YAMLLines.Line, in lines: YAMLLines) -> SyntaxProblem? {
        let levels = lines.levels(above: line.number)
        guard !levels.isEmpty, !levels.contains(where: { $0.indentation == line.indentation }) else { return nil }
        let deeper = levels.last { $0.indentation > line.indentation }
        let shallower = levels.first { $0.indentation < line.indentation }
        let others = [deeper, shallower].compactMap(\.self).map { "\($0.name) by \($0.indentation)" }
        let known = others.joined(separator: " and ")
        let own = Approximate.count(line.indentation, "space")
        let advice = "indent it like the line that it belongs beside"
        return SyntaxProblem(at: line, "it is indented by \(own), but \(known): \(advice)")
    }
}
