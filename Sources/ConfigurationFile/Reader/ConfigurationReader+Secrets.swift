import Gateways

extension ConfigurationReader {
    /// Where a secret comes from.
    private enum Source: String {
        case credential, file, env, value
    }

    /// An RSA-4096 key in PEM is 3 kB; anything larger than this is a wrong file.
    private static let secretLimit = 64 * 1024

    mutating func secrets(_ item: YAMLValue) -> [Secret]? {
        let count = problems.count
        let secrets = list(item, of: "secrets such as {file: PATH}").enumerated()
            .compactMap { secret($1, position: $0 + 1) }
        guard count == problems.count else { return nil }
        guard !secrets.isEmpty else {
            refuse(item, "is an empty list: give it at least one secret")
            return nil
        }
        return secrets
    }

    /// - Parameters:
    ///   - position: counted from 1; the name of a secret that has no other.
    ///   - isPublic: whether anyone may see it, such as a public key.
    mutating func secret(_ item: YAMLValue, position: Int, isPublic: Bool = false) -> Secret? {
        let wanted = "one of {credential: NAME}, {file: PATH}, {env: NAME} or {value: TEXT}"
        guard case .mapping(let fields) = item.content else {
            refuse(item, item.mismatch(wanted))
            return nil
        }
        // The keys are not repeated in the message: a word in the wrong place may be the secret itself.
        guard fields.count == 1, let field = fields.first, let source = Source(rawValue: field.name) else {
            refuse(item, "must be \(wanted), with that one key")
            return nil
        }
        let item = field.item
        guard let word = text(item, "a text (in quotes, if YAML reads it as something else)") else { return nil }
        let (secretName, content): (String, [UInt8]?) =
            switch source {
            case .credential: (word, credential(word, item))
            case .file: (word, file(path(word), item, isPublic: isPublic))
            case .env: (word, variable(word, item))
            case .value: (String(position), literal(word, item, isPublic: isPublic))
            }
        guard let content else { return nil }
        let bytes = withoutNewline(content)
        guard !bytes.isEmpty else {
            refuse(item, "the secret is empty")
            return nil
        }
        guard bytes.count <= Self.secretLimit else {
            refuse(item, "the secret is larger than 64 KiB: this cannot be a key")
            return nil
        }
        return Secret(name: secretName, bytes: bytes)
    }

    private mutating func credential(_ name: String, _ item: YAMLValue) -> [UInt8]? {
        guard !name.contains("/"), name != ".", name != ".." else {
            refuse(item, "must be the plain name of a credential, without a path: for a path, write {file: PATH}")
            return nil
        }
        guard let folder = environment.variables["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
            return credentialOfUnit(name, item)
        }
        do {
            return try environment.read("\(folder)/\(name)", Self.secretLimit + 2).bytes
        } catch {
            refuse(item, "\(folder)/\(name) \(error.explanation): \(Self.origin(of: name))")
            return nil
        }
    }

    /// Reads a credential from where the installed unit loads it.
    private mutating func credentialOfUnit(_ name: String, _ item: YAMLValue) -> [UInt8]? {
        guard let unit = environment.unit else {
            refuse(
                item,
                "there is no $CREDENTIALS_DIRECTORY: systemd sets it for a unit with LoadCredential=\(name):PATH",
                isOfSession: true
            )
            return nil
        }
        switch unit.source(of: name) {
        case .decrypted(let secret): return secret.bytes
        case .encrypted(let path):
            refuse(item, "\(path) cannot be decrypted: does it exist, and is this run with sudo?", isOfSession: true)
            return nil
        case .file(let path):
            do {
                return try environment.read(path, Self.secretLimit + 2).bytes
            } catch .forbidden {
                refuse(item, "\(path) may not be read by this user: run this with sudo", isOfSession: true)
            } catch {
                refuse(item, "\(path) \(error.explanation), from where \(InstalledUnit.service) loads it")
            }
            return nil
        case nil:
            refuse(item, "\(InstalledUnit.service) loads no such credential: \(Self.origin(of: name))")
            return nil
        }
    }

    /// Where a credential should have come from, for the operator who has to put it there.
    private static func origin(of name: String) -> String {
        let own = "add LoadCredential=\(name):PATH to the unit"
        guard name.hasPrefix("secret_") else { return own }
        return "put it into /etc/paystate/secrets/\(name.dropFirst("secret_".count)) and restart paystate, or \(own)"
    }

    private mutating func file(_ path: String, _ item: YAMLValue, isPublic: Bool) -> [UInt8]? {
        do {
            let file = try environment.read(path, Self.secretLimit + 2)
            if file.isWorldReadable, !isPublic {
                warn(item, "every user may read \(path): chmod o-r, or load it as a credential")
            }
            return file.bytes
        } catch {
            refuse(item, "\(path) \(error.explanation)", isOfSession: error == .forbidden)
            return nil
        }
    }

    private mutating func variable(_ name: String, _ item: YAMLValue) -> [UInt8]? {
        guard let value = environment.variables[name] else {
            refuse(item, "this environment variable is not set", isOfSession: true)
            return nil
        }
        return Array(value.utf8)
    }

    private mutating func literal(_ text: String, _ item: YAMLValue, isPublic: Bool) -> [UInt8]? {
        if !isPublic {
            warn(item, "a secret is in the configuration itself: move it to a file, and write {file: PATH}")
        }
        return Array(text.utf8)
    }

    /// Editors and `echo` end a file with a newline that is not part of the secret.
    private func withoutNewline(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.last == UInt8(ascii: "\n") else { return bytes }
        let text = bytes.dropLast()
        return Array(text.last == UInt8(ascii: "\r") ? text.dropLast() : text)
    }
}
