import Gateways

/// `forward` of an account, and `notify`.
extension ConfigurationReader {
    /// The programs that an account's callbacks are forwarded to, in the order of the file.
    ///
    /// - Parameter listen: the public listener, which cannot be one of them.
    mutating func forwardTargets(_ item: YAMLValue, _ listen: Configuration.Listen) -> [ForwardTarget] {
        let entries = self.entries(item, of: ["to", "name", "timeout", "give_up_after", "concurrency"], listen)
        warnOfTwins(entries)
        return entries.compactMap { forwardTarget($0) }
    }

    /// The programs that are notified of transitions, in the order of the file.
    ///
    /// - Parameter listen: the public listener, which cannot be one of them.
    mutating func notifyTargets(_ item: YAMLValue, _ listen: Configuration.Listen) -> [NotifyTarget] {
        let keys = ["to", "name", "secret", "accounts", "from", "timeout", "give_up_after"]
        return entries(item, of: keys, listen).enumerated().compactMap { notifyTarget($1, position: $0 + 1) }
    }

    /// The names of the targets in a list; their other keys are not checked.
    mutating func targetNames(_ item: YAMLValue) -> [String] {
        list(item, of: Self.wanted).compactMap { item in
            let section = part(item, of: ["to", "name"])
            let url = destination(section)
            return name(section, url)
        }
    }

    private static let wanted = "targets such as {to: URL}"

    private mutating func forwardTarget(_ entry: TargetEntry) -> ForwardTarget? {
        var timeout = ForwardTarget.standardTimeout
        var giveUpAfter = ForwardTarget.standardGiveUpAfter
        var concurrency = ForwardTarget.standardConcurrency
        read(entry.section["timeout"], into: &timeout)
        read(entry.section["give_up_after"], into: &giveUpAfter)
        read(entry.section["concurrency"], into: &concurrency, in: 1...64)
        guard let name = entry.name, let url = entry.url else { return nil }
        return ForwardTarget(
            name: name,
            url: url,
            timeout: timeout,
            giveUpAfter: giveUpAfter,
            concurrency: concurrency
        )
    }

    private mutating func notifyTarget(_ entry: TargetEntry, position: Int) -> NotifyTarget? {
        var timeout = ForwardTarget.standardTimeout
        var giveUpAfter = ForwardTarget.standardGiveUpAfter
        let secret = webhookSecret(entry.section, position: position)
        let accounts = entry.section["accounts"].map { accountsOfFile($0) } ?? []
        let from = entry.section["from"].flatMap { integer($0, in: 0...Int64.max) }
        read(entry.section["timeout"], into: &timeout)
        read(entry.section["give_up_after"], into: &giveUpAfter)
        guard let name = entry.name, let url = entry.url, let secret else { return nil }
        return NotifyTarget(
            name: name,
            url: url,
            secret: secret,
            accounts: accounts,
            from: from,
            timeout: timeout,
            giveUpAfter: giveUpAfter
        )
    }
}

// MARK: What all targets have

extension ConfigurationReader {
    /// An element of a list of targets; without what is wrong with it.
    private struct TargetEntry {
        let section: YAMLMapping
        let name: String?
        let url: DeliveryURL?
    }

    private mutating func entries(
        _ item: YAMLValue,
        of keys: [String],
        _ listen: Configuration.Listen
    ) -> [TargetEntry] {
        var lines: [String: Int] = [:]
        return list(item, of: Self.wanted).map { item in
            let section = self.section(item, of: keys)
            let url = destination(section)
            let name = self.name(section, url)
            if let name, let line = lines.updateValue(item.line, forKey: name) {
                refuse(
                    section["name"] ?? item,
                    "\(shown(name)) is the name of two targets, first in line \(line): give one of them another `name`"
                )
            }
            if let url, let place = section["to"], addresses(of: listen).contains(where: url.server.reaches) {
                refuse(place, "is Paystate's own public listener: write the URL of the program that is to receive it")
            }
            return TargetEntry(section: section, name: name, url: url)
        }
    }

    private mutating func destination(_ section: YAMLMapping) -> DeliveryURL? {
        guard let item = section["to"] else {
            expect("to", of: section, "add the URL that requests go to, such as \(DeliveryURL.example)")
            return nil
        }
        guard let url = parsed(item, "a URL such as \(DeliveryURL.example)", DeliveryURL.init) else { return nil }
        if !url.isEncrypted, !url.server.isLoopback { warn(item, Self.unencrypted) }
        return url
    }

    /// The target's own name, else one that is made of its host.
    private mutating func name(_ section: YAMLMapping, _ url: DeliveryURL?) -> String? {
        if let item = section["name"] {
            return parsed(item, "a name such as shop") { text throws(InvalidValue) in
                guard Self.isName(text) else {
                    throw InvalidValue(explanation: "\(shown(text)) is not a name: write 1 to 64 of a-z, 0-9 and -")
                }
                return text
            }
        }
        guard let url else { return nil }
        let name = url.server.host.replacing(".", with: "-")
        guard Self.isName(name) else {
            expect("name", of: section, "its host cannot serve as one, so add 1 to 64 of a-z, 0-9 and -")
            return nil
        }
        return name
    }

    /// Reports a key that is missing; what is no mapping has been reported already.
    private mutating func expect(_ key: String, of section: YAMLMapping, _ advice: String) {
        guard case .mapping = section.item.content else { return }
        refuse(section.item, "lacks `\(key)`: \(advice)")
    }

    /// The addresses of the public listener, as far as the file and the installed unit tell.
    private func addresses(of listen: Configuration.Listen) -> [HostAndPort] {
        switch listen {
        case .address(let address): [address]
        case .systemd:
            (environment.unit?.addresses ?? []).compactMap { address in
                // A port alone stands for all addresses; what is neither is the path of a socket.
                UInt16(address).map { HostAndPort(host: "::", port: Int($0)) } ?? (try? HostAndPort(address))
            }
        }
    }

    private mutating func warnOfTwins(_ entries: [TargetEntry]) {
        for (index, entry) in entries.enumerated() {
            guard let url = entry.url, let twin = entries[..<index].first(where: { $0.url == url }) else { continue }
            warn(
                entry.section["to"] ?? entry.section.item,
                "is the URL of line \(twin.section.item.line) too: each callback is forwarded there twice; keep one"
            )
        }
    }
}

// MARK: What only those of notify have

extension ConfigurationReader {
    private mutating func webhookSecret(_ section: YAMLMapping, position: Int) -> Secret? {
        guard let item = section["secret"] else {
            expect("secret", of: section, "\(WebhookSecret.remedy), and give it as {file: PATH}")
            return nil
        }
        guard let text = secret(item, position: position) else { return nil }
        do {
            let secret = try WebhookSecret(text)
            if secret.isShort {
                warn(item, "is shorter than the 24 bytes that Standard Webhooks wants: \(WebhookSecret.remedy)")
            }
            return secret.key
        } catch {
            refuse(item, error.explanation)
            return nil
        }
    }

    private mutating func accountsOfFile(_ item: YAMLValue) -> [String] {
        let items = list(item, of: "account names")
        if case .list = item.content, items.isEmpty {
            refuse(item, "is an empty list: give it at least one account, or remove the key for all accounts")
        }
        var names: [String] = []
        for item in items {
            guard let name = text(item, "an account's name (in quotes, if YAML reads it as something else)") else {
                continue
            }
            // A file without accounts has another problem.
            if !accountNames.isEmpty, !accountNames.contains(name) {
                let closest = Spelling.closest(to: name, in: accountNames).map { "did you mean \($0)?" }
                refuse(item, "\(shown(name)) is not an account: \(closest ?? "write a name that stands in `accounts`")")
            } else if names.contains(name) {
                refuse(item, "\(shown(name)) is in this list twice: keep one")
            }
            names.append(name)
        }
        return names
    }
}
