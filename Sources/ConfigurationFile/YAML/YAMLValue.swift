import Yams

/// A value in the configuration file, and its position.
struct YAMLValue {
    /// The content of the value, before a type is required of it.
    enum Content {
        case scalar(String, Kind)
        case list([YAMLValue])
        case mapping([Field])
        /// YAML that a configuration does not need, such as an alias; the text says what to do about it.
        case refused(String)
    }

    struct Field {
        let name: String
        let item: YAMLValue
    }

    /// The type that YAML gives a scalar.
    enum Kind {
        case text, integer, decimal, truth, date, nothing
    }

    /// The dotted path.
    let key: String
    /// The line of the key; for an element of a list, its own line.
    let line: Int
    let content: Content

    /// The error message for a value of another type than required. It never shows the value, which may be a secret.
    func mismatch(_ wanted: String) -> String {
        switch content {
        case .refused(let explanation): explanation
        case .scalar(_, .nothing): "is empty: write \(wanted), or remove \(key.hasSuffix("]") ? "it" : "the key")"
        case .scalar(_, .text): "must be \(wanted), not a text"
        case .scalar(_, .integer): "must be \(wanted), not a number"
        case .scalar(_, .decimal): "must be \(wanted), not a decimal number"
        case .scalar(_, .truth): "must be \(wanted), not yes or no, as YAML reads it"
        case .scalar(_, .date): "must be \(wanted), not a date"
        case .list: "must be \(wanted), not a list"
        case .mapping: "must be \(wanted), not a mapping"
        }
    }
}

extension YAMLDocument {
    /// - Parameter line: the line of the value's key, if it has one.
    static func item(_ node: Node, key: String, line: Int?) -> YAMLValue {
        YAMLValue(key: key, line: line ?? node.mark?.line ?? 1, content: content(node, key: key))
    }

    private static func content(_ node: Node, key: String) -> YAMLValue.Content {
        guard node.anchor == nil else { return .refused(noAliases) }
        let unknownTag = YAMLValue.Content.refused("tags (`!name`) are not supported: remove it")
        switch node {
        case .scalar(let scalar):
            return kind(node.tag).map { .scalar(scalar.string, $0) } ?? unknownTag
        case .sequence(let sequence):
            guard node.tag == Tag(.seq) else { return unknownTag }
            return .list(sequence.enumerated().map { item($1, key: "\(key)[\($0)]", line: nil) })
        case .mapping(let mapping):
            guard node.tag == Tag(.map) else { return unknownTag }
            return .mapping(mapping.map { field($0.key, $0.value, of: key) })
        case .alias:
            return .refused(noAliases)
        }
    }

    private static func field(_ key: Node, _ value: Node, of parent: String) -> YAMLValue.Field {
        let name = key.scalar.map { withoutMark($0.string) } ?? "?"
        let path = parent.isEmpty ? name : "\(parent).\(name)"
        let line = key.mark?.line ?? 1
        guard key.anchor == nil, name != "<<" else {
            return YAMLValue.Field(name: name, item: YAMLValue(key: path, line: line, content: .refused(noAliases)))
        }
        return YAMLValue.Field(name: name, item: item(value, key: path, line: line))
    }

    private static let noAliases =
        "anchors, aliases and merge keys (`&name`, `*name`, `<<`) are not supported: write the value out"

    /// `nil` for a custom tag.
    private static func kind(_ tag: Tag) -> YAMLValue.Kind? {
        switch tag {
        case Tag(.str), Tag(.value), Tag(.merge): .text
        case Tag(.int): .integer
        case Tag(.float): .decimal
        case Tag(.bool): .truth
        case Tag(.timestamp): .date
        case Tag(.null): .nothing
        default: nil
        }
    }
}
