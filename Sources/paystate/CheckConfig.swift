import ArgumentParser
import Daemon

/// `paystate check-config`
struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Read the configuration and say everything that is wrong with it.",
        discussion: "Exits with 0 if it is in order (warnings are printed), with 78 if it is not. No secret is shown."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let configuration = try options.load()
        for warning in configuration.warnings { complain("warning: \(warning)") }
        print("The configuration is in order.")
        print("database  \(configuration.database)")
        for account in configuration.accounts { print("account   \(account)") }
    }
}
