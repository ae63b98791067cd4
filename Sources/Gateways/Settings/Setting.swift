/// A key that a gateway understands in an account's configuration.
package struct Setting: Sendable {
    package enum Kind: Sendable, Equatable {
        case integer
        case secret
        /// Given like a secret, but everyone may know it.
        case publicKey
        case secrets
        case url
        /// One of these words.
        case word([String])
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// The value, as text, if the key is missing.
    package let fallback: String?
    /// What it means, for the reference.
    package let meaning: String

    init(_ name: String, _ kind: Kind, isRequired: Bool = false, fallback: String? = nil, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.fallback = fallback
        self.meaning = meaning
    }
}

/// The configured value of a ``Setting``, of the type that the setting requires.
package enum SettingValue: Sendable, Equatable {
    case integer(Int64)
    /// One secret for the kind `secret`, any number for `secrets`.
    case secrets([Secret])
    case url(String)
    case word(String)
}

extension [String: SettingValue] {
    func integer(_ name: String) throws(SettingError) -> Int64 {
        guard case .integer(let number) = self[name] else {
            throw SettingError(setting: name, explanation: "must be an integer")
        }
        return number
    }

    /// At least one secret, none of them empty: an empty key would let anyone sign.
    func secrets(_ name: String) throws(SettingError) -> [Secret] {
        guard case .secrets(let secrets) = self[name], !secrets.isEmpty else {
            throw SettingError(setting: name, explanation: "must be given")
        }
        if let empty = secrets.first(where: \.bytes.isEmpty) {
            throw SettingError(setting: name, explanation: "must not be empty (\(empty.name))")
        }
        return secrets
    }

    func secret(_ name: String) throws(SettingError) -> Secret {
        let secrets = try secrets(name)
        guard secrets.count == 1 else {
            throw SettingError(setting: name, explanation: "must be a single secret")
        }
        return secrets[0]
    }

    /// The address in a setting, or its fallback.
    func address(_ setting: Setting) throws(SettingError) -> ServiceURL {
        let value = self[setting.name] ?? setting.fallback.map(SettingValue.url)
        guard case .url(let url) = value else {
            throw SettingError(setting: setting.name, explanation: "must be a URL")
        }
        return ServiceURL(url)
    }

    /// The word of a setting that may be missing, as a case of a closed set.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(SettingError) -> Word? {
        guard let value = self[name] else { return nil }
        guard case .word(let text) = value, let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError(setting: name, explanation: "must be one of: \(words)")
        }
        return word
    }
}

/// A setting that no gateway can be created from. The explanation goes to the operator and never holds a value.
package struct SettingError: Error, Equatable {
    package let setting: String
    /// What is wrong and what would be right, phrased to follow the setting's name.
    package let explanation: String
}
