/// Reads values out of a configuration file and remembers everything that is wrong on the way, so that an operator sees
/// it all at once.
struct Reader {
    let file: String
    let surroundings: Surroundings
    private(set) var problems: [Problem] = []
    private(set) var warnings: [Problem] = []
    private(set) var obstacles: [Problem] = []

    init(file: String, surroundings: Surroundings) {
        self.file = file
        self.surroundings = surroundings
    }

    /// - Parameter isOfSession: See ``Problem/isOfSession``.
    mutating func refuse(_ item: Item, _ explanation: String, isOfSession: Bool = false) {
        var problem = problem(item, explanation)
        problem.isOfSession = isOfSession
        problems.append(problem)
    }

    mutating func warn(_ item: Item, _ explanation: String) {
        warnings.append(problem(item, explanation))
    }

    /// Expects that a file can be made, for its folder is there or is made by the unit.
    mutating func expectFolder(of path: String, _ item: Item) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard !folder.isEmpty, surroundings.isFolderMissing(folder),
            surroundings.unit?.folders.contains(folder) != true
        else { return }
        let remedy = "`install -d -o paystate -g paystate -m 750 \(folder)`"
        obstacles.append(problem(item, "there is no folder \(folder): make it, for the daemon's user (\(remedy))"))
    }

    private func problem(_ item: Item, _ explanation: String) -> Problem {
        // A key may be any text: shown in full where it is a word, and never as more than one line.
        let key = String(item.key.unicodeScalars.prefix(200).map { $0.isPrintable ? Character($0) : "?" })
        return Problem(file: file, line: item.line, key: key, explanation: explanation)
    }

    /// A path of the file, relative to the file's folder.
    func path(_ text: String) -> String {
        guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
        return file[...slash] + text
    }
}

extension Reader {
    /// The values of a mapping in which only these keys may stand, each once.
    mutating func section(_ item: Item, of names: [String]) -> Section {
        var section = Section(item: item)
        let known = names.joined(separator: ", ")
        guard case .mapping(let fields) = item.content else {
            refuse(item, item.mismatch("a mapping of \(known)"))
            return section
        }
        for field in fields {
            let (name, item) = (field.name, field.item)
            if let first = section[name] {
                refuse(item, "stands here twice, first in line \(first.line): keep one")
            } else if names.contains(name) {
                section.values[name] = item
            } else if case .refused(let explanation) = item.content {
                refuse(item, explanation)
            } else {
                refuse(item, "is not a key of this place: remove it, or use one of \(known)")
            }
        }
        return section
    }

    /// The values of some keys of a mapping, each once; what else stands in it is not looked at.
    mutating func part(_ item: Item, of names: [String]) -> Section {
        guard case .mapping(let fields) = item.content else { return section(item, of: names) }
        let wanted = Item.Content.mapping(fields.filter { names.contains($0.name) })
        return section(Item(key: item.key, line: item.line, content: wanted), of: names)
    }

    mutating func list(_ item: Item, of wanted: String) -> [Item] {
        guard case .list(let items) = item.content else {
            refuse(item, item.mismatch("a list of \(wanted) in [ ]"))
            return []
        }
        return items
    }

    /// A text that is not empty, and means the same to C.
    mutating func text(_ item: Item, _ wanted: String) -> String? {
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

    /// A text with a form of its own.
    mutating func parsed<Value>(
        _ item: Item,
        _ wanted: String,
        _ parse: (String) throws(Unusable) -> Value
    ) -> Value? {
        guard let text = text(item, wanted) else { return nil }
        do {
            return try parse(text)
        } catch {
            refuse(item, error.explanation)
            return nil
        }
    }

    /// A path, made relative to the file's folder.
    mutating func path(_ item: Item) -> String? {
        text(item, "the path of a file (in quotes, where YAML reads something else)").map { path($0) }
    }
}

/// The values of a mapping, by key.
struct Section {
    let item: Item
    fileprivate(set) var values: [String: Item] = [:]

    subscript(name: String) -> Item? { values[name] }
}
