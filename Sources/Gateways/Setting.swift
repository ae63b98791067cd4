/// A key that a gateway understands in an account's configuration.
package struct Setting: Sendable {
    package enum Kind: Sendable, Equatable {
        case integer
        case secret
        case secrets
        case url
        /// One of these words.
        case word([String])
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// What holds when the key is missing, as text.
    package let fallback: String?

    init(_ name: String, _ kind: Kind, isRequired: Bool = false, fallback: String? = nil) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.fallback = fallback
    }
}
