/// An http or https URL that deliveries go to.
///
/// Its query often holds a key: print, dump, debugger and messages show the names of its parameters only.
package struct DeliveryURL: Sendable, Hashable {
    /// In full, for requests; may hold secrets in its query.
    package let text: String
    /// The same without the values of its query, for logs and the database.
    package let shown: String
    /// Whom requests go to; its host in lower case.
    package let server: HostAndPort
    /// Whether its scheme is https.
    package let isEncrypted: Bool

    /// - Throws: what is wrong with it; never any part of it, because a misplaced word may be a password.
    package init(_ text: String) throws(InvalidValue) {
        isEncrypted = text.hasPrefix("https://")
        guard isEncrypted || text.hasPrefix("http://") else {
            throw InvalidValue(explanation: "must begin with https:// or http://, such as \(Self.example)")
        }
        let rest = text.dropFirst(isEncrypted ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw InvalidValue(
                explanation: "the URL holds a user or a password, which no delivery sends: remove all up to the @"
            )
        }
        guard !rest.contains("#") else {
            throw InvalidValue(
                explanation: "the URL has a fragment, which is never sent: remove it from the # on, or write %23"
            )
        }
        try Self.check(rest[authority.endIndex...])
        // The one message for all that is wrong with a host; the parser's own would repeat a part of the URL.
        guard let place = try? HostAndPort(String(authority), portUnlessGiven: isEncrypted ? 443 : 80), place.port > 0
        else {
            throw InvalidValue(
                explanation: """
                    the URL needs a host behind its //, a name or an address (IPv6 in [ ]), with :PORT, 1 to 65535, if \
                    it is not \(isEncrypted ? 443 : 80)
                    """
            )
        }
        server = HostAndPort(host: place.host.lowercased(), port: place.port)
        shown = Self.withoutValues(text)
        self.text = text
    }

    static let example = "https://app.example/paystate"
}

extension DeliveryURL: CustomStringConvertible, CustomReflectable {
    package var description: String { shown }
    package var customMirror: Mirror { Mirror(self, children: ["url": shown]) }
}

// MARK: The parts

extension DeliveryURL {
    /// Checks path and query: only what may stand there as it is (RFC 3986, sections 3.3 and 3.4) reaches every server
    /// unchanged.
    private static func check(_ rest: Substring) throws(InvalidValue) {
        let bytes = Array(rest.utf8)
        guard bytes.allSatisfy({ 0x21...0x7E ~= $0 && !"\"<>[\\]^`{|}".utf8.contains($0) }) else {
            throw InvalidValue(
                explanation: """
                    the URL holds a space, a control character, a letter beyond ASCII or one of "<>[\\]^`{|}: write \
                    each of its bytes as % and two hexadecimal digits, such as %20
                    """
            )
        }
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "%") {
            let digits = bytes[(index + 1)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
                throw InvalidValue(
                    explanation: "a % in the URL begins a byte in two hexadecimal digits: write % itself as %25"
                )
            }
        }
    }

    /// A word without a name may be a key itself.
    private static func withoutValues(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        let parameters = text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        let names = parameters.map { parameter -> String in
            if parameter.isEmpty { return "" }
            return parameter.firstIndex(of: "=").map { "\(parameter[...$0])…" } ?? "…"
        }
        return "\(text[...mark])\(names.joined(separator: "&"))"
    }
}
