import Gateways

extension ConfigurationReader {
    /// The accounts, in the order of the file.
    ///
    /// - Parameter listen: the public listener, which no account can forward to.
    mutating func accounts(_ item: YAMLValue, _ listen: Configuration.Listen) -> [Account] {
        var accounts: [(account: Account, line: Int)] = []
        for field in named(item) {
            guard let account = account(field.name, field.item, listen) else { continue }
            if let twin = accounts.first(where: { $0.account.isTwin(of: account) }) {
                warn(
                    field.item,
                    """
                    is the same at the gateway as `\(twin.account.name)` in line \(twin.line): a payment would exist \
                    at both; keep one, with the secrets of both
                    """
                )
            }
            accounts.append((account, field.item.line))
        }
        return accounts.map(\.account)
    }

    /// The names and gateways of the accounts, and the names of whom they forward to; their other keys are not checked.
    mutating func publicAccounts(_ item: YAMLValue) -> [Configuration.PublicAccount] {
        named(item).compactMap { field in
            guard let type = gateway(of: field.item) else { return nil }
            let forward = part(field.item, of: ["forward"])["forward"]
            let names = forward.map { targetNames($0) } ?? []
            return Configuration.PublicAccount(name: field.name, gateway: type, forwardNames: names)
        }
    }

    mutating func named(_ item: YAMLValue) -> [YAMLValue.Field] {
        let fields: [YAMLValue.Field]
        switch item.content {
        case .mapping(let accounts): fields = accounts
        case .scalar(_, .nothing): fields = []  // All accounts are commented out, as in the sample.
        case .scalar, .list, .refused:
            refuse(item, item.mismatch("a mapping of account names to accounts"))
            return []
        }
        if fields.isEmpty { refuse(item, "is empty: add an account") }
        var lines: [String: Int] = [:]
        for field in fields where !isOfAccount(field) {
            let (name, item) = (field.name, field.item)
            if let line = lines.updateValue(item.line, forKey: name) {
                refuse(item, "this name is used twice, first in line \(line): rename one of the accounts")
            }
            if !Self.isName(name) {
                refuse(item, "an account's name is 1 to 64 of a-z, 0-9 and -, because it is part of a path: rename it")
            }
        }
        for field in fields where isOfAccount(field) {
            refuse(field.item, "is a key of an account: indent it with spaces below the account's name")
        }
        return fields.filter { !isOfAccount($0) }
    }

    /// Whether what stands among the accounts is a key of one, indented too little.
    private func isOfAccount(_ field: YAMLValue.Field) -> Bool {
        if case .mapping(let keys) = field.item.content, keys.contains(where: { $0.name == "gateway" }) { return false }
        return ["gateway", "forward"].contains(field.name)
            || gateways.contains { type in type.settings.contains { $0.name == field.name } }
    }

    /// Whether a text can name an account or a target.
    static func isName(_ name: String) -> Bool {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789-".utf8
        return (1...64).contains(name.utf8.count) && name.utf8.allSatisfy { letters.contains($0) }
    }

    private mutating func account(_ name: String, _ item: YAMLValue, _ listen: Configuration.Listen) -> Account? {
        guard let type = gateway(of: item) else { return nil }
        let settings = type.settings
        let section = section(item, of: ["gateway"] + settings.map { $0.name } + ["forward"])
        let count = problems.count
        var values: [String: SettingValue] = [:]
        for setting in settings {
            values[setting.name] = section[setting.name].map { value($0, setting) } ?? fallback(setting, item)
        }
        let forwards = section["forward"].map { forwardTargets($0, listen) } ?? []
        guard count == problems.count else { return nil }
        do {
            return Account(name: name, gateway: try type.init(values), values: values, forwards: forwards)
        } catch {
            refuse(section[error.setting] ?? item, error.explanation)
            return nil
        }
    }

    /// The gateway of an account. It is read first, because it decides which other keys the account may have.
    mutating func gateway(of item: YAMLValue) -> (any Gateway.Type)? {
        let known = gateways.map { type in type.name }.joined(separator: ", ")
        guard case .mapping(let fields) = item.content else {
            refuse(item, item.mismatch("a mapping with the key gateway"))
            return nil
        }
        guard let named = fields.first(where: { $0.name == "gateway" })?.item else {
            refuse(item, "lacks `gateway`: add one of \(known)")
            return nil
        }
        guard let word = text(named, "one of \(known)") else { return nil }
        guard let type = gateways.first(where: { $0.name == word }) else {
            refuse(named, "\(shown(word)) is not a gateway: write one of \(known)")
            return nil
        }
        return type
    }

    private mutating func value(_ item: YAMLValue, _ setting: Setting) -> SettingValue? {
        switch setting.kind {
        case .integer:
            return integer(item, in: 0...Int64.max).map { .integer($0) }
        case .secret, .publicKey:
            return secret(item, position: 1, isPublic: setting.kind == .publicKey).map { .secrets([$0]) }
        case .secrets:
            return secrets(item).map { .secrets($0) }
        case .url:
            return url(item).map { .url($0) }
        case .word(let words):
            let wanted = "one of \(words.joined(separator: ", "))"
            return parsed(item, wanted) { word throws(InvalidValue) in
                guard words.contains(word) else {
                    throw InvalidValue(explanation: "must be \(wanted), not \(shown(word))")
                }
                return .word(word)
            }
        }
    }

    private mutating func fallback(_ setting: Setting, _ item: YAMLValue) -> SettingValue? {
        if setting.isRequired { refuse(item, "lacks `\(setting.name)`: add it") }
        return setting.fallback.flatMap { text in
            switch setting.kind {
            case .url: .url(text)
            case .word: .word(text)
            case .integer, .secret, .publicKey, .secrets: nil
            }
        }
    }
}
