import Telemetry

/// Reads values from a configuration file and collects all problems on the way, so that an operator sees them all at
/// once.
struct ConfigurationReader {
    let file: String
    let environment: HostEnvironment
    /// Whether the database's password may be missing in this session: a command that reads the database may be let in
    /// without it.
    let canLackPassword: Bool
    /// The names under `accounts`, which other keys may refer to.
    var accountNames: [String] = []
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [ConfigurationProblem] = []
    private(set) var obstacles: [ConfigurationProblem] = []

    init(file: String, environment: HostEnvironment, canLackPassword: Bool = false) {
        self.file = file
        self.environment = environment
        self.canLackPassword = canLackPassword
    }

    /// - Parameter isOfSession: See ``ConfigurationProblem/isOfSession``.
    mutating func refuse(_ item: YAMLValue, _ explanation: String, isOfSession: Bool = false) {
        var problem = problem(item, explanation)
        problem.isOfSession = isOfSession
        problems.append(problem)
    }

    mutating func warn(_ item: YAMLValue, _ explanation: String) {
        warnings.append(problem(item, explanation))
    }

    /// Checks that a file can be created: its folder must exist or be created by the unit.
    mutating func expectFolder(of path: String, _ item: YAMLValue) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard !folder.isEmpty, environment.isFolderMissing(folder),
            environment.unit?.folders.contains(folder) != true
        else { return }
        let remedy = "`install -d -o paystate -g paystate -m 750 \(folder)`"
        obstacles.append(problem(item, "there is no folder \(folder): make it, for the daemon's user (\(remedy))"))
    }

    private func problem(_ item: YAMLValue, _ explanation: String) -> ConfigurationProblem {
        // A key may be any text: it is shown in full if it is a word, and never on more than one line.
        let key = String(item.key.unicodeScalars.prefix(200).map { $0.isPrintable ? Character($0) : "?" })
        return ConfigurationProblem(file: file, line: item.line, key: key, explanation: explanation)
    }

    /// A path in the file, resolved against the file's folder.
    func path(_ text: String) -> String {
        guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
        return file[...slash] + text
    }
}

extension ConfigurationReader {
    /// The values of a mapping that may contain only these keys, each once.
    mutating func section(_ item: YAMLValue, of names: [String]) -> YAMLMapping {
        var section = YAMLMapping(item: item)
        let known = names.joined(separator: ", ")
        guard case .mapping(let fields) = item.content else {
            refuse(item, item.mismatch("a mapping of \(known)"))
            return section
        }
        for field in fields {
            let (name, item) = (field.name, field.item)
            if let first = section[name] {
                refuse(item, "is given twice here, first in line \(first.line): keep one")
            } else if names.contains(name) {
                section.values[name] = item
            } else if case .refused(let explanation) = item.content {
                refuse(item, explanation)
            } else {
                let advice =
                    Spelling.closest(to: name, in: names).map { "did you mean \($0)? Known here are \(known)" }
                    ?? "remove it, or use one of \(known)"
                refuse(item, "is not a known key: \(advice)")
            }
        }
        return section
    }

    /// The values of some keys of a mapping, each once; other keys are ignored.
    mutating func part(_ item: YAMLValue, of names: [String]) -> YAMLMapping {
        guard case .mapping(let fields) = item.content else { return section(item, of: names) }
        let wanted = YAMLValue.Content.mapping(fields.filter { names.contains($0.name) })
        return section(YAMLValue(key: item.key, line: item.line, content: wanted), of: names)
    }

    mutating func list(_ item: YAMLValue, of wanted: String) -> [YAMLValue] {
        guard case .list(let items) = item.content else {
            refuse(item, item.mismatch("a list of \(wanted) in [ ]"))
            return []
        }
        return items
    }

    /// A text that is not empty and contains no NUL, so that C reads the same text.
    mutating func text(_ item: YAMLValue, _ wanted: String) -> String? {
        guard case .scalar(let text, .text) = item.content else {
            refuse(item, item.mismatch(wanted))
            return nil
        }
        guard !text.isEmpty, !text.utf8.contains(0) else {
            refuse(item, text.isEmpty ? "is empty: write \(wanted)" : "holds a NUL: write \(wanted)")
            return nil
        }
        return text
    }

    /// A text that is parsed further.
    mutating func parsed<Value>(
        _ item: YAMLValue,
        _ wanted: String,
        _ parse: (String) throws(InvalidValue) -> Value
    ) -> Value? {
        guard let text = text(item, wanted) else { return nil }
        do {
            return try parse(text)
        } catch {
            refuse(item, error.explanation)
            return nil
        }
    }

    /// A path, resolved against the file's folder.
    mutating func path(_ item: YAMLValue) -> String? {
        text(item, "the path of a file (in quotes, if YAML reads it as something else)").map { path($0) }
    }
}

/// The values of a mapping, by key.
struct YAMLMapping {
    let item: YAMLValue
    fileprivate(set) var values: [String: YAMLValue] = [:]

    subscript(name: String) -> YAMLValue? { values[name] }

    func without(_ name: String) -> YAMLMapping {
        var mapping = self
        mapping.values[name] = nil
        return mapping
    }
}
