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
    /// no secret but its password, and go on without it if this user may not read that either.
    package static func database(_ path: String, _ environment: HostEnvironment) throws(ConfigurationError)
        -> DatabaseAddress
    {
        let root = try Self.root(path, environment)
        var reader = ConfigurationReader(file: path, environment: environment, canLackPassword: true)
        let mapping = reader.part(root, of: ConfigurationKey.ofDatabase.map(\.name))
        var configuration = Configuration(database: databaseUnlessGiven(environment), accounts: [])
        reader.read(mapping, into: &configuration)
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: inOrder(reader.problems)) }
        return configuration.database
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
    static func databaseUnlessGiven(_ environment: HostEnvironment) -> DatabaseAddress {
        let folder = environment.variables["STATE_DIRECTORY"]?.split(separator: ":").first
        return .file("\(folder ?? ".")/paystate.db")
    }
}

extension Configuration {
    private init(_ root: YAMLValue, _ reader: inout ConfigurationReader) {
        self.init(database: Self.databaseUnlessGiven(reader.environment), accounts: [])
        let mapping = reader.section(root, of: ConfigurationReader.names(in: "") + ["accounts"])
        if case .mapping(let fields) = mapping["accounts"]?.content { reader.accountNames = fields.map(\.name) }
        reader.read(mapping, into: &self)
        if let item = mapping["listen"], mapping["tls"] == nil { reader.warnOfPlainHTTP(listen, item) }
        if let item = mapping["accounts"] {
            accounts = reader.accounts(item, listen)
        } else if case .mapping = root.content {
            reader.refuse(root, "lacks `accounts`: add at least one account")
        }
    }
}
