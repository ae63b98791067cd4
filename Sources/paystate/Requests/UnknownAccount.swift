import ConfigurationFile

/// The answer to a name that is no account's.
struct UnknownAccount: CustomStringConvertible {
    let name: String
    let known: [String]
    /// What has the known accounts: the configuration or the database.
    let place: String

    var description: String {
        let suggestion = Spelling.closest(to: name, in: known).map { " (did you mean \($0)?)" } ?? ""
        let list = known.isEmpty ? "none" : known.joined(separator: ", ")
        return "there is no account «\(Terminal.harmless(name))»\(suggestion); \(place) has: \(list)"
    }
}
