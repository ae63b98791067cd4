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
        /// The names of those who are notified of transitions, in the order of the file.
        package var notifyNames: [String]
        /// In the order of the file.
        package var accounts: [PublicAccount]
    }

    package struct PublicAccount: Sendable {
        package let name: String
        package let gateway: any Gateway.Type
        /// The names of those whom its callbacks are forwarded to, in the order of the file.
        package let forwardNames: [String]
    }

    package var publicConfiguration: PublicConfiguration {
        PublicConfiguration(
            database: database,
            admin: admin,
            limits: limits,
            reconcile: reconcile,
            retention: retention,
            notifyNames: notify.map(\.name),
            accounts: accounts.map { account in
                PublicAccount(
                    name: account.name,
                    gateway: type(of: account.gateway),
                    forwardNames: account.forwards.map(\.name)
                )
            }
        )
    }

    /// Reads the public part from a file, for users who may not read any secret; the rest of the file is not checked.
    /// The database's password is left out if this user may not read it.
    package static func loadPublic(_ path: String, _ environment: HostEnvironment) throws(ConfigurationError)
        -> PublicConfiguration
    {
        let root = try Self.root(path, environment)
        var reader = ConfigurationReader(file: path, environment: environment, canLackPassword: true)
        let keys = ConfigurationKey.ofDatabase.map(\.name) + ["admin", "notify", "accounts"]
        let mapping = reader.part(root, of: keys + ConfigurationReader.sections)
        var configuration = Configuration(database: databaseUnlessGiven(environment), accounts: [])
        // Of `notify` only the names: the rest of it holds secrets.
        reader.read(mapping.without("notify"), into: &configuration)
        var publicConfiguration = configuration.publicConfiguration
        if let item = mapping["notify"] { publicConfiguration.notifyNames = reader.targetNames(item) }
        if let item = mapping["accounts"] { publicConfiguration.accounts = reader.publicAccounts(item) }
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: inOrder(reader.problems)) }
        return publicConfiguration
    }
}
