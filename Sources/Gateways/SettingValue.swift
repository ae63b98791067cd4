/// What the configuration says for a ``Setting``, of the type that the setting asks for.
package enum SettingValue: Sendable, Equatable {
    case integer(Int64)
    /// One for a `secret`, any number for `secrets`.
    case secrets([Secret])
    case url(String)
    case word(String)
}

extension [String: SettingValue] {
    func integer(_ name: String) throws(SettingProblem) -> Int64 {
        guard case .integer(let number) = self[name] else {
            throw SettingProblem(setting: name, explanation: "must be an integer")
        }
        return number
    }

    /// At least one secret, none of them empty: an empty key would let anyone sign.
    func secrets(_ name: String) throws(SettingProblem) -> [Secret] {
        guard case .secrets(let secrets) = self[name], !secrets.isEmpty else {
            throw SettingProblem(setting: name, explanation: "must be given")
        }
        if let empty = secrets.first(where: \.bytes.isEmpty) {
            throw SettingProblem(setting: name, explanation: "must not be empty (\(empty.name))")
        }
        return secrets
    }

    func secret(_ name: String) throws(SettingProblem) -> Secret {
        let secrets = try secrets(name)
        guard secrets.count == 1 else {
            throw SettingProblem(setting: name, explanation: "must be a single secret")
        }
        return secrets[0]
    }

    /// The address in a setting, or its fallback.
    func address(_ setting: Setting) throws(SettingProblem) -> ServiceAddress {
        let value = self[setting.name] ?? setting.fallback.map(SettingValue.url)
        guard case .url(let url) = value else {
            throw SettingProblem(setting: setting.name, explanation: "must be a URL")
        }
        return ServiceAddress(url)
    }

    /// The word of a setting that may be missing, as a case of a closed set.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(SettingProblem) -> Word? {
        guard let value = self[name] else { return nil }
        guard case .word(let text) = value, let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingProblem(setting: name, explanation: "must be one of: \(words)")
        }
        return word
    }
}
