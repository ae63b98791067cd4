import ArgumentParser
import ConfigurationFile
import Daemon

/// `paystate check-config`
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Read the configuration and say everything that is wrong with it.",
        discussion: """
            Where Paystate is installed as a unit of systemd, secrets are looked for where the \
            unit has them from: run it with sudo.

            Exits with 0 if it is in order (warnings are printed), with 78 if it is not, or if a \
            folder for the database or an admin socket is missing. No secret is shown.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try await options.loadAsInstalled()
        for warning in configuration.warnings { printError("warning: \(warning)") }
        for unavailableReason in configuration.obstacles { printError("\(unavailableReason)") }
        guard configuration.obstacles.isEmpty else { throw SysExit.configuration }
        print("The configuration is in order.")
        print("database  \(configuration.database)")
        for account in configuration.accounts {
            print("account   \(account): the gateway calls back to /callbacks/\(account.name)")
        }
    }
}
