import ArgumentParser
import ConfigurationFile
import Daemon
import Foundation

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

    /// The path of the database; no secret is read for this.
    func databasePath() throws -> String {
        try explained { try Configuration.database(Configuration.path(option: config, environment), environment) }
    }

    /// The part of the configuration that needs no secret.
    func loadPublic() throws -> Configuration.PublicConfiguration {
        try explained { try Configuration.loadPublic(Configuration.path(option: config, environment), environment) }
    }

    private var environment: HostEnvironment { HostEnvironment(variables: ProcessInfo.processInfo.environment) }

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
        help: ArgumentHelp("The database file (default: the one that the configuration names).", valueName: "file"),
        completion: .file()
    )
    var database: String?

    @OptionGroup var configuration: ConfigurationOptions

    func path() throws -> String {
        if let database { return database }
        return try configuration.databasePath()
    }
}
