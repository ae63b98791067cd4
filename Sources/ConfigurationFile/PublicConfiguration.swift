package import Gateways

extension Configuration {
    /// The part of a configuration that needs no secret but the database's password: enough to reach the daemon, and to
    /// open the ledger in its place.
    package struct PublicConfiguration: Sendable {
        package var database: DatabaseAddress
        package var admin: [AdminAddress]
        package var limits: Limits
        package var reconcile: Reconcile
        package var retention: Retention
        /// In the order of the file.
        package var accounts: [PublicAccount]
    }

    package struct PublicAccount: Sendable {
        package let name: String
        package let gateway: any Gateway.Type
    }

    package var publicConfiguration: PublicConfiguration {
        PublicConfiguration(
            database: database,
            admin: admin,
            limits: limits,
            reconcile: reconcile,
            retention: retention,
            accounts: accounts.map { PublicAccount(name: $0.name, gateway: type(of: $0.gateway)) }
        )
    }

    /// Reads the public part from a file, for users who may not read any secret; the rest of the file is not checked.
    /// The database's password is left out if this user may not read it.
    package static func loadPublic(_ path: String, _ environment: HostEnvironment) throws(ConfigurationError)
        -> PublicConfiguration
    {
        let root = try Self.root(path, environment)
        var reader = ConfigurationReader(file: path, environment: environment, canLackPassword: true)
        let keys = ConfigurationKey.ofDatabase.map(\.name) + ["admin", "accounts"]
        let mapping = reader.part(root, of: keys + ConfigurationReader.sections)
        var configuration = Configuration(database: databaseUnlessGiven(environment), accounts: [])
        reader.read(mapping, into: &configuration)
        var publicConfiguration = configuration.publicConfiguration
        if let item = mapping["accounts"] { publicConfiguration.accounts = reader.publicAccounts(item) }
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: inOrder(reader.problems)) }
        return publicConfiguration
    }
}
