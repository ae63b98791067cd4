import ArgumentParser
import ConfigurationFile
import Daemon

/// `paystate check-config`
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check the configuration, and list everything wrong with it.",
        discussion: """
            If Paystate is installed as a systemd unit, secrets are read from where the unit \
            loads them, which needs sudo. No secret is shown.

            Exits with 0 if the configuration is valid (warnings are printed), and with 78 if it \
            is not, or if a folder for the database or an admin socket is missing.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try await options.loadAsInstalled()
        for warning in configuration.warnings { printError("warning: \(warning)") }
        for unavailableReason in configuration.obstacles { printError("\(unavailableReason)") }
        guard configuration.obstacles.isEmpty else { throw SysExit.configuration }
        print("The configuration is valid.")
        print("database  \(configuration.database)")
        for account in configuration.accounts {
            print("account   \(account): the gateway posts callbacks to /callbacks/\(account.name)")
            for target in account.forwards {
                print("forward   \(account.name)/\(target.name): callbacks are forwarded to \(target.url)")
            }
        }
        for target in configuration.notify {
            let accounts = target.accounts.isEmpty ? "all accounts" : target.accounts.joined(separator: ", ")
            print("notify    \(target.name): transitions of \(accounts) are posted to \(target.url)")
        }
    }
}
