import ArgumentParser
import ConfigurationFile
import Daemon
import Foundation
import Glibc
import Ledger
import Logging
import Metrics
import Payments
import Telemetry
import UnixSignals

/// `paystate serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon: receive callbacks and record them.",
        usage: "paystate serve [OPTIONS]",
        discussion: """
            Listens for `POST /callbacks/{account}`, and on the admin addresses for \
            /healthz, /readyz, /metrics and /v1/ (watch, poll, acknowledge, reverify, prune, \
            unknown-paths), until SIGTERM or SIGINT. A callback is answered 200 when, and only \
            when, it is committed to the disk. When no callback arrives, the gateway is polled.

            SIGHUP reloads accounts, secrets, limits, schedules and TLS: all of it, or nothing \
            if anything is wrong with the file. Under systemd (Type=notify) it reports when it \
            is ready and what it is doing, and feeds the watchdog.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Use a built-in configuration, with an account for each gateway and a database in ./var.")
    var example = false

    @Option(
        help: ArgumentHelp(
            "With --example: where to listen, instead of 127.0.0.1:8080. The admin listener takes the next port.",
            valueName: "host:port"
        ),
        transform: parsed
    )
    var listen: HostAndPort?

    @Option(help: "The format of log lines. As text they have journald's priorities if $JOURNAL_STREAM is set.")
    var logFormat = LogFormat.text

    @Option(
        help: "trace, debug (each callback), info, notice, warning, error or critical (default: info).",
        transform: level
    )
    var logLevel = Logger.Level.info

    private static func level(_ name: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: name) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(name) is not one of \(levels)")
        }
        return level
    }

    private static func parsed(_ text: String) throws -> HostAndPort {
        do {
            return try HostAndPort(text)
        } catch {
            throw ValidationError(error.explanation)
        }
    }

    func validate() throws {
        guard example || listen == nil else {
            throw ValidationError("--listen goes with --example: without it, set `listen` in the configuration")
        }
    }

    func run() async throws {
        umask(0o027)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)  // Until it is trapped below, a reload signal must not end the daemon.
        let environment = ProcessInfo.processInfo.environment
        LineLogHandler.bootstrap(format: logFormat, level: logLevel, journalStream: environment["JOURNAL_STREAM"])
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let logger = Logger(label: "paystate")
        let configuration = try example ? Example.prepare(listen: address) : options.load()
        for warning in configuration.warnings { logger.warning("\(warning)") }
        let openFiles = OpenFilesLimit.raise()
        if !openFiles.suffices(for: configuration.limits) {
            logger.warning(
                "limits.connections is more than may be open at once: raise LimitNOFILE= or `ulimit -n`, or lower it",
                metadata: ["connections": "\(configuration.limits.connections)", "open_files": "\(openFiles.count)"]
            )
        }
        logger.info("starting", metadata: ["version": "\(Paystate.version)", "database": "\(configuration.database)"])
        do {
            let daemon = Daemon(
                configuration,
                version: Paystate.version,
                metrics: metrics,
                logger: logger,
                now: Timestamp.now
            )
            let reloading = example ? nil : await reloading()
            try await daemon.run(reloadSignal: reloading, systemd: SystemdNotifier(environment)) { listener, address in
                logger.info("listening", metadata: ["for": "\(listener.rawValue)", "at": "\(address)"])
                guard example, listener == .callbacks else { return }
                let text = Example.instructions(at: address, now: .now())
                FileHandle.standardOutput.write(Data("\(text)\n".utf8))
            }
        } catch {
            guard let code = Self.exitCode(of: error) else {
                logger.critical("stopped by an error", metadata: ["error": "\(error)"])
                throw SysExit.unavailable
            }
            logger.critical("\(explanation(of: error))")
            throw code
        }
    }

    /// The address of the example.
    private var address: HostAndPort { listen ?? Example.address }

    /// What an error says. The example has no configuration in which another address could be set.
    private func explanation(of error: any Error) -> String {
        guard example, let error = error as? ListenError else { return "\(error)" }
        let other = Example.other(than: address)
        return error.explanation(orElse: "choose another address: `paystate serve --example --listen \(other)`")
    }

    /// SIGHUP, and the file to read when it arrives.
    private func reloading() async -> ReloadSignal {
        ReloadSignal(on: await UnixSignalsSequence(trapping: .sighup).map { _ in }, load: options.rereading())
    }

    /// The exit code of an error whose message says what to do; `nil` for any other.
    private static func exitCode(of error: any Error) -> ExitCode? {
        switch error {
        case let error as LedgerError: error.exitCode
        case is FatalLedgerError: SysExit.inputOutput
        case is ListenError: SysExit.unavailable
        case is SocketActivationError: SysExit.configuration
        default: nil  // Errors are an open set.
        }
    }
}

extension LogFormat: ExpressibleByArgument {}

extension LedgerError {
    var exitCode: ExitCode {
        switch self {
        case .isLocked, .libraryIsMissing: SysExit.unavailable
        case .isForeign, .isNewer, .isUnreleased, .otherGateway, .hasOtherNames, .isUnsafe: SysExit.configuration
        case .isUnreachable: SysExit.temporaryFailure
        case .cannotOpen: SysExit.noInput
        case .isDamaged: SysExit.data
        case .cannotWrite: SysExit.inputOutput
        }
    }
}
