/// Something wrong, or unwise, in the configuration file: where it stands and what to write instead.
package struct Problem: Sendable, Equatable, CustomStringConvertible {
    /// The file as the operator named it.
    package let file: String
    /// From 1; `nil` where the file as a whole is meant.
    package let line: Int?
    /// The dotted path of the key, such as `accounts.eu-shop.secrets[0].file`; empty for the whole file.
    package let key: String
    package let explanation: String
    /// Whether it may be so in this session alone: the service sees other variables, and files that this user does not.
    package var isOfSession = false

    package var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if !key.isEmpty { text += ": \(key)" }
        return "\(text): \(explanation)"
    }
}
