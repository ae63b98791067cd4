import ArgumentParser
import ConfigurationFile
import Daemon
import Foundation

/// Where the configuration is, for every command that needs it.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "The configuration file; else $PAYSTATE_CONFIG, else /etc/paystate/paystate.yaml.",
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    /// Reads the file, or says everything that is wrong with it and exits with 78 (EX_CONFIG).
    func load() throws -> Configuration {
        try explained { try Configuration.load(Configuration.path(option: config, environment), environment) }
    }

    /// Reads the file as the daemon would that the installed unit runs.
    func loadAsInstalled() async throws -> Configuration {
        let environment = await environment.asInstalled()
        return try explained {
            try Configuration.load(Configuration.path(option: config, environment), environment)
        }
    }

    /// Reads the same file again, with its secrets, whenever it is called.
    func rereading() -> @Sendable () throws(ConfigurationError) -> Configuration {
        let environment = environment
        let path = Configuration.path(option: config, environment)
        return { () throws(ConfigurationError) in try Configuration.load(path, environment) }
    }

    /// Where the database is; for this no secret is read.
    func databasePath() throws -> String {
        try explained { try Configuration.database(Configuration.path(option: config, environment), environment) }
    }

    /// What needs no secret.
    func outline() throws -> Configuration.PublicConfiguration {
        try explained { try Configuration.outline(Configuration.path(option: config, environment), environment) }
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

/// Which database a reading command reads: one that is named, else the configuration's.
struct DatabaseOptions: ParsableArguments {
    @Option(help: "Read this database, instead of the one that the configuration names.", completion: .file())
    var database: String?

    @OptionGroup var configuration: ConfigurationOptions

    func path() throws -> String {
        if let database { return database }
        return try configuration.databasePath()
    }
}
