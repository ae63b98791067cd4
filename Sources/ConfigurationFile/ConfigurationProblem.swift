import Telemetry

/// Something wrong or unwise in the configuration file: where it is and what to write instead.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// The file as the operator named it.
    package let file: String
    /// Counted from 1; `nil` if the problem concerns the file as a whole.
    package let line: Int?
    /// The dotted path of the key, such as `accounts.eu-shop.secrets[0].file`; empty for the whole file.
    package let key: String
    package let explanation: String
    /// Whether the problem may exist in this session alone: the service sees other variables, and files that this user
    /// may not read.
    package var isOfSession = false

    package var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if !key.isEmpty { text += ": \(key)" }
        return "\(text): \(explanation)"
    }
}

/// Everything that is wrong with a configuration file, in the order of its lines.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    package let problems: [ConfigurationProblem]

    /// One problem per line.
    package var description: String {
        problems.map { $0.description }.joined(separator: "\n")
    }
}

/// Why a text in the configuration is not valid, phrased to follow "`key`: ".
package struct InvalidValue: Error {
    package let explanation: String
}

/// Quotes a word of the file in a message: one line, at most 60 characters.
package func shown(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars.prefix(60).map { $0.isPrintable ? Character($0) : "?" }
    return "`\(String(scalars))\(text.unicodeScalars.count > 60 ? "…" : "")`"
}
