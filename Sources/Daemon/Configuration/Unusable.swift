/// Why a text of the configuration is not what it has to be, in words that continue «`key`: ».
struct Unusable: Error {
    let explanation: String
}

/// Quotes a word of the file in a message: one line, at most 60 characters.
func shown(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars.prefix(60).map { $0.isPrintable ? Character($0) : "?" }
    return "`\(String(scalars))\(text.unicodeScalars.count > 60 ? "…" : "")`"
}
