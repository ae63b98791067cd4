import ArgumentParser
import ConfigurationFile
import Daemon
import Foundation
import Ledger

/// The location of the configuration, for every command that needs it.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The configuration file (default: $PAYSTATE_CONFIG, else /etc/paystate/paystate.yaml).",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    /// Reads the file, or reports everything that is wrong with it and exits with 78 (EX_CONFIG).
    func load() throws -> Configuration {
        try explained { try Configuration.load(Configuration.path(option: config, environment), environment) }
    }

    /// Reads the file as the daemon of the installed unit would.
    func loadAsInstalled() async throws -> Configuration {
        let environment = await environment.asInstalled()
        return try explained {
            try Configuration.load(Configuration.path(option: config, environment), environment)
        }
    }

    /// Returns a closure that reads the same file again, with its secrets.
    func rereading() -> @Sendable () throws(ConfigurationError) -> Configuration {
        let environment = environment
        let path = Configuration.path(option: config, environment)
        return { () throws(ConfigurationError) in try Configuration.load(path, environment) }
    }

    /// Where the database is; its password, and no other secret, is read for this if this user may read it.
    func database() throws -> DatabaseAddress {
        try explained { try Configuration.database(Configuration.path(option: config, environment), environment) }
    }

    /// The part of the configuration that needs no secret.
    func loadPublic() throws -> Configuration.PublicConfiguration {
        try explained { try Configuration.loadPublic(Configuration.path(option: config, environment), environment) }
    }

    private var environment: HostEnvironment { HostEnvironment(variables: ProcessInfo.processInfo.environment) }

    /// Where the database is, if the file says so; nothing is reported otherwise.
    var databaseIfKnown: DatabaseAddress? {
        // Another database is named, so that the file need not even exist.
        try? Configuration.database(Configuration.path(option: config, environment), environment)
    }

    /// A database that was named, with the configuration's password only if the configuration has the same URL: no
    /// other server may learn it. Without it, libpq looks for one (`PGPASSWORD`, a password file).
    func withPassword(_ named: DatabaseAddress) -> DatabaseAddress {
        switch named {
        case .file: return named
        case .postgreSQL:
            guard let configured = databaseIfKnown, configured.description == named.description else { return named }
            return configured
        }
    }

    private func explained<Output>(_ work: () throws -> Output) throws -> Output {
        do {
            return try work()
        } catch let error as ConfigurationError {
            printError("\(error)")
            throw SysExit.configuration
        }
    }
}

/// The database that a reading command reads: the one named, else the configuration's.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The database's file or postgresql:// URL (default: what the configuration names).",
            valueName: "file"
        ),
        completion: .file()
    )
    var database: String?

    @OptionGroup var configuration: ConfigurationOptions

    /// The database that is named, if one is; a wrong URL is reported, and exits with 64 (EX_USAGE).
    func named() throws -> DatabaseAddress? {
        guard let database else { return nil }
        do {
            return try DatabaseAddress(database)
        } catch {
            // The argument is not repeated: it may hold a password.
            printError("--database: \(error.explanation)")
            throw SysExit.usage
        }
    }

    /// The database to read.
    func address() throws -> DatabaseAddress {
        guard let named = try named() else { return try configuration.database() }
        return configuration.withPassword(named)
    }

    func location() throws -> LedgerLocation { LedgerLocation(try address()) }
}
