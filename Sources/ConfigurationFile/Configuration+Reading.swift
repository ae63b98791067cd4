extension Configuration {
    /// `--config FILE`, else `$PAYSTATE_CONFIG`, else `/etc/paystate/paystate.yaml`.
    package static func path(option: String?, _ environment: HostEnvironment) -> String {
        if let option { return option }
        guard let variable = environment.variables["PAYSTATE_CONFIG"], !variable.isEmpty else {
            return "/etc/paystate/paystate.yaml"
        }
        return variable
    }

    /// Reads a configuration, with its secrets, from a file.
    ///
    /// - Throws: everything that is wrong with the file, at once.
    package static func load(_ path: String, _ environment: HostEnvironment) throws(ConfigurationError) -> Configuration
    {
        let root = try Self.root(path, environment)
        var reader = ConfigurationReader(file: path, environment: environment)
        var configuration = Configuration(root, &reader)
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: inOrder(reader.problems)) }
        configuration.warnings = inOrder(reader.warnings)
        configuration.obstacles = inOrder(reader.obstacles)
        return configuration
    }

    /// Reads only where the database is; the rest of the file is not checked. The commands that read the database need
    /// no secret, and are run by users who may not read any.
    package static func database(_ path: String, _ environment: HostEnvironment) throws(ConfigurationError) -> String {
        let root = try Self.root(path, environment)
        var reader = ConfigurationReader(file: path, environment: environment)
        let database = reader.part(root, of: ["database"])["database"].flatMap { reader.path($0) }
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: inOrder(reader.problems)) }
        return database ?? databaseUnlessGiven(environment)
    }

    static func root(_ path: String, _ environment: HostEnvironment) throws(ConfigurationError) -> YAMLValue {
        let bytes: [UInt8]
        do {
            bytes = try environment.read(path, YAMLDocument.sizeLimit).bytes
        } catch {
            let advice = "\(error.explanation): name the configuration file with --config or $PAYSTATE_CONFIG"
            throw ConfigurationError(problems: [
                ConfigurationProblem(file: path, line: nil, key: "", explanation: advice)
            ])
        }
        return try YAMLDocument(bytes, file: path).root
    }

    static func inOrder(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
        problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    /// The default path. systemd passes the folder of `StateDirectory=`, or several, separated by colons.
    static func databaseUnlessGiven(_ environment: HostEnvironment) -> String {
        let folder = environment.variables["STATE_DIRECTORY"]?.split(separator: ":").first
        return "\(folder ?? ".")/paystate.db"
    }
}

extension Configuration {
    private static let keys = [
        "database", "listen", "tls", "trusted_proxies", "admin", "admin_hosts", "limits", "reconcile", "retention",
        "accounts",
    ]

    private init(_ root: YAMLValue, _ reader: inout ConfigurationReader) {
        self.init(database: Self.databaseUnlessGiven(reader.environment), accounts: [])
        let section = reader.section(root, of: Self.keys)
        if let item = section["database"], let path = reader.path(item) {
            database = path
            reader.expectFolder(of: path, item)
        }
        if let item = section["listen"], let value = reader.listen(item) {
            listen = value
            if section["tls"] == nil { reader.warnOfPlainHTTP(value, item) }
        }
        if let item = section["tls"] { tls = TLS(item, &reader) }
        if let item = section["trusted_proxies"] { trustedProxies = reader.trustedProxies(item) }
        if let item = section["admin"] { admin = reader.admin(item) }
        if let item = section["admin_hosts"] { adminHosts = reader.adminHosts(item) }
        if let item = section["limits"] { limits = Limits(item, &reader) }
        if let item = section["reconcile"] { reconcile = Reconcile(item, &reader) }
        if let item = section["retention"] { retention = Retention(item, &reader) }
        if let item = section["accounts"] {
            accounts = reader.accounts(item)
        } else if case .mapping = root.content {
            reader.refuse(root, "lacks `accounts`: add at least one account")
        }
    }
}
