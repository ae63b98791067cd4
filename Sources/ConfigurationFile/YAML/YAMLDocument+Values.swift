import Yams

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
