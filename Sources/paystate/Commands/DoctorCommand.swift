import ArgumentParser
import ConfigurationFile
import Daemon
import Diagnostics
import Foundation
import Narration
import Payments
import Telemetry

/// `paystate doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check for anything wrong, and say what to do about it.",
        usage: "paystate doctor [OPTIONS]",
        discussion: """
            Checks the configuration, the systemd unit, the daemon, the gateways' status \
            endpoints, the clock, certificate, secrets, disk, permissions, the write-ahead log \
            and its readers (or the PostgreSQL server, and what a 200 survives there), and what \
            the ledger says about the accounts and about the targets of `forward` and `notify`. \
            It changes nothing, and skips what this user may not see.

            Exits with 0 if all is well, 1 if there is a warning and 2 if there is a failure, \
            as monitoring plugins do; 64 is wrong usage.
            """
    )

    @OptionGroup var options: DatabaseOptions

    @Flag(help: "Do not contact the gateways.")
    var offline = false

    @Flag(help: "Show warnings and failures only.")
    var quiet = false

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() async throws {
        let environment = HostEnvironment(variables: ProcessInfo.processInfo.environment)
        let doctor = Doctor(
            configuration: Configuration.path(option: options.configuration.config, environment),
            database: try options.named(),
            environment: environment,
            version: Paystate.version,
            isOffline: offline,
            now: Timestamp.now
        )
        let findings = try await doctor.examine()
        let worst = findings.map(\.verdict).max() ?? .ok
        let shown = quiet ? findings.filter { $0.verdict >= .warning } : findings
        if json {
            print(try JSONText.of(Report(verdict: worst, findings: shown)))
        } else {
            print(DoctorReport(findings: shown).text(width: Terminal.width, colours: Terminal.showsColours))
        }
        switch worst {
        case .ok, .skipped: return
        case .warning: throw ExitCode(1)
        case .failure: throw ExitCode(2)
        }
    }

    private struct Report: Encodable {
        let verdict: Finding.Verdict
        let findings: [Finding]
    }
}
