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
        case .scalar(_, .nothing): "is empty: write \(wanted), or remove the key"
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
