import Gateways

/// What a configuration depends on outside of itself: files that hold secrets, and other servers. No secret is needed
/// to read it.
package struct ExternalDependencies: Sendable, Equatable {
    /// A base URL of a gateway, and the account that uses it.
    package struct Service: Sendable, Hashable {
        package let account: String
        package let url: String
    }

    /// Files that only the daemon may read, as far as their paths are known.
    package var secretFiles: [String] = []
    package var services: [Service] = []
    package var certificate: String?
    package var listen = Configuration(database: .file(""), accounts: []).listen

    package init() {}
}

extension Configuration {
    /// Reads from a file what it depends on; the rest of the file is not checked.
    package static func dependencies(_ path: String, _ environment: HostEnvironment) throws(ConfigurationError)
        -> ExternalDependencies
    {
        let root = try Self.root(path, environment)
        var reader = ConfigurationReader(file: path, environment: environment)
        let section = reader.part(root, of: ["database_password", "accounts", "tls", "listen", "notify"])
        var dependencies = ExternalDependencies()
        if let item = section["database_password"] { dependencies.secretFiles += reader.secretFiles(item) }
        if let item = section["listen"], let listen = reader.listen(item) { dependencies.listen = listen }
        if let item = section["accounts"] { reader.read(item, into: &dependencies) }
        if let item = section["notify"] { dependencies.secretFiles += reader.secretFiles(ofTargets: item) }
        if let item = section["tls"] {
            let tls = reader.part(item, of: ["certificate", "private_key"])
            dependencies.certificate = tls["certificate"].flatMap { reader.path($0) }
            dependencies.secretFiles += tls["private_key"].flatMap { reader.path($0) }.map { [$0] } ?? []
        }
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: inOrder(reader.problems)) }
        return dependencies
    }
}

extension ConfigurationReader {
    fileprivate mutating func read(_ accounts: YAMLValue, into dependencies: inout ExternalDependencies) {
        for field in named(accounts) {
            guard let type = gateway(of: field.item) else { continue }
            let settings = type.settings
            let section = part(field.item, of: settings.map { $0.name })
            for setting in settings {
                let item = section[setting.name]
                switch setting.kind {
                case .url:
                    let given = item.flatMap { self.url($0) }
                    if let url = given ?? setting.fallback {
                        dependencies.services.append(ExternalDependencies.Service(account: field.name, url: url))
                    }
                case .publicKey: continue
                case .secret, .secrets: dependencies.secretFiles += item.map { secretFiles($0) } ?? []
                case .integer, .word: continue
                }
            }
        }
    }

    /// The files of one secret or of a list of secrets; none for an invalid secret.
    fileprivate func secretFiles(_ item: YAMLValue) -> [String] {
        switch item.content {
        case .list(let items): items.flatMap { secretFiles($0) }
        case .mapping(let fields): fields.compactMap { secretFile($0) }
        case .scalar, .refused: []
        }
    }

    /// The files of the secrets in a list of targets.
    fileprivate func secretFiles(ofTargets item: YAMLValue) -> [String] {
        guard case .list(let targets) = item.content else { return [] }
        return targets.flatMap { target -> [String] in
            guard case .mapping(let fields) = target.content else { return [] }
            return fields.filter { $0.name == "secret" }.flatMap { secretFiles($0.item) }
        }
    }

    private func secretFile(_ field: YAMLValue.Field) -> String? {
        guard case .scalar(let word, .text) = field.item.content else { return nil }
        switch field.name {
        case "file": return path(word)
        case "credential": return environment.variables["CREDENTIALS_DIRECTORY"].map { "\($0)/\(word)" }
        default: return nil  // A variable, a text, or a mistake.
        }
    }
}
