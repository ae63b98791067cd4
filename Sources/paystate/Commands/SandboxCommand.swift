import ArgumentParser
import Daemon
import Foundation
import Glibc
import Logging
import NIOCore
import Payments
import Sandbox
import ServiceLifecycle
import Telemetry
import UnixSignals

/// `paystate sandbox`
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Simulate both gateways, to test an integration.",
        discussion: """
            Makes payments automatically or on request, posts signed callbacks about them by \
            the gateways' own retry schedules, answers status requests, and misbehaves on \
            demand. The same seed makes the same payments. A shop's own code can make payments \
            too, with payment tokens and ecommpay's signed payment page; --with-plugin plays \
            the shop's side instead: a handler that takes what is passed on.

              paystate sandbox --rate 2 --time-scale 20 --lose 0.2
              curl localhost:8090/sandbox
              curl localhost:8090/sandbox/payments \\
                -d '{"account":"sandbox-ecommpay"}'
              curl -X POST localhost:8090/sandbox/payments/1/succeed
              curl localhost:8090/sandbox/misbehave -d '{"outage":true}'

            Its keys are public: never give them to an account of a daemon that other \
            programs trust.
            """,
        subcommands: [FloodCommand.self]
    )

    @Option(help: "The address of the status endpoints and the API. Port 0 takes a free one.")
    var listen = "127.0.0.1:8090"

    @Option(help: "The URL for ecommpay's callbacks; `none` sends none.")
    var ecommpayCallbacks = "http://127.0.0.1:8080/callbacks/sandbox-ecommpay"

    @Option(help: "The URL for eComCharge's callbacks; `none` sends none.")
    var ecomchargeCallbacks = "http://127.0.0.1:8080/callbacks/sandbox-ecomcharge"

    @Option(help: "Payments made automatically, per second; 0 makes them on request only.")
    var rate = 1.0

    @Option(help: "How many times faster everything happens than at the real gateways.")
    var timeScale = 1.0

    @Option(help: "The seed of all randomness (default: a new one each time).")
    var seed: UInt64?

    @Option(
        name: .customLong("life"),
        help: ArgumentHelp(
            "The weight of a life (a kind of payment) relative to the others (default: a usual mix): \(lives).",
            valueName: "life=weight"
        )
    )
    var lives: [String] = []

    @Option(help: "How many finished payments to remember.")
    var remember = 10_000

    @Flag(help: "Make payments that are not marked as tests (eComCharge).")
    var real = false

    @OptionGroup(title: "A shop's plugin") var plugin: PluginOptions

    @OptionGroup(title: "Misbehaviour (shares from 0 to 1)") var misbehaviour: MisbehaviourOptions

    private static let lives = Life.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        guard (0...1000).contains(rate) else { throw ValidationError("--rate takes 0 to 1000") }
        guard (0.001...100_000).contains(timeScale) else { throw ValidationError("--time-scale takes 0.001 to 100000") }
        guard (1...10_000_000).contains(remember) else { throw ValidationError("--remember takes 1 to 10000000") }
        for callbacks in [ecommpayCallbacks, ecomchargeCallbacks] where callbacks != "none" {
            guard let url = URL(string: callbacks), ["http", "https"].contains(url.scheme), url.host() != nil else {
                throw ValidationError("\(callbacks) is not a URL to which callbacks can be posted")
            }
        }
        let address = try address()
        if plugin.withPlugin != nil, plugin.withPlugin == address.port {
            throw ValidationError("--with-plugin takes another port than --listen")
        }
        _ = try weights()
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let environment = ProcessInfo.processInfo.environment
        LineLogHandler.bootstrap(format: .text, level: .info, journalStream: environment["JOURNAL_STREAM"])
        let logger = Logger(label: "paystate")
        let settings = try settings()
        let pluginSettings = plugin.settings(for: settings)
        let sandbox = Sandbox(settings, logger: logger, now: Timestamp.now) { port in
            let text = Self.instructions(
                for: settings,
                at: "http://\(settings.host):\(port)",
                plugin: pluginSettings.map { "http://\($0.host):\($0.port)" }
            )
            FileHandle.standardOutput.write(Data("\(text)\n".utf8))
        }
        // They stop in reverse order: the plugin still takes what is passed on while the gateways stop.
        var services: [any Service] = []
        if let pluginSettings {
            let plugin = try ShopPlugin(pluginSettings, logger: logger, now: Timestamp.now)
            let address = "\(pluginSettings.host):\(pluginSettings.port)"
            services.append(ClosureService { try await Self.run(plugin, at: address, instead: "another port") })
        }
        services.append(
            ClosureService { [listen] in try await Self.run(sandbox, at: listen, instead: "another address") }
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "services", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        try await group.run()
        logger.info("stopped")
    }

    /// Runs a service that listens.
    ///
    /// - Parameter other: what to name if it cannot listen there.
    private static func run(_ service: any Service, at address: String, instead other: String) async throws {
        do {
            try await service.run()
        } catch let error as IOError {
            printError("cannot listen on \(address) (\(String(cString: strerror(error.errnoCode)))): name \(other)")
            throw SysExit.unavailable
        } catch is SocketAddressError.UnknownHost {
            printError(
                """
                cannot listen on \(address): there is no such name; use an address of this machine, such as \
                127.0.0.1:8090
                """
            )
            throw SysExit.unavailable
        }
    }

    private func settings() throws -> SandboxSettings {
        let address = try address()
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        var settings = SandboxSettings(
            accounts: [
                .ecommpay(callbacks: Self.target(ecommpayCallbacks)),
                try .ecomcharge(callbacks: Self.target(ecomchargeCallbacks)),
            ],
            seed: seed
        )
        settings.host = address.host
        settings.port = address.port
        settings.rate = rate
        settings.timeScale = timeScale
        settings.remembered = remember
        settings.lives = try weights()
        settings.isReal = real
        settings.misbehaviour = misbehaviour.chosen
        return settings
    }

    private func address() throws -> (host: String, port: Int) {
        let parts = listen.split(separator: ":")
        guard let last = parts.last, let port = UInt16(last) else {
            throw ValidationError("--listen takes host:port or [v6]:port, such as 127.0.0.1:8090")
        }
        let host = listen.dropLast(last.count + 1).trimmingCharacters(in: ["[", "]"])
        guard !host.isEmpty else { throw ValidationError("--listen lacks the host: use 127.0.0.1:\(port)") }
        return (host, Int(port))
    }

    /// The usual weights, or only the given ones.
    private func weights() throws -> [Life: Int] {
        guard !lives.isEmpty else { return Life.usualWeights }
        var weights: [Life: Int] = [:]
        for text in lives {
            let parts = text.split(separator: "=")
            guard parts.count == 2, let life = Life(rawValue: String(parts[0])), let weight = Int(parts[1]), weight >= 0
            else { throw ValidationError("--life takes a life and its weight, such as late_success=5") }
            weights[life] = weight
        }
        guard weights.values.contains(where: { $0 > 0 }) else { throw ValidationError("--life: all weights are 0") }
        return weights
    }

    private static func target(_ text: String) -> String? { text == "none" ? nil : text }

    /// - Parameter plugin: the address of the shop's plugin, if there is one.
    private static func instructions(
        for settings: SandboxSettings,
        at address: String,
        plugin: String?
    ) -> String {
        func forward(_ account: String) -> String {
            plugin.map { "\n    forward: [{to: \"\($0)/callbacks/\(account)\", name: plugin}]" } ?? ""
        }
        let notify = plugin.map { plugin in
            """
            notify:
              - {to: "\(plugin)/events", name: events, secret: {value: \(SandboxKeys.eventSecret)}}

            the orders that the shop's plugin knows: curl \(plugin)/orders

            """
        }
        return """

            Both gateways answer at \(address); the seed is \(settings.seed). For paystate.yaml:

            accounts:
              sandbox-ecommpay:
                gateway: ecommpay
                project_id: \(SandboxKeys.projectID)
                secrets: [{value: \(SandboxKeys.secret)}]
                api_url: \(address)\(forward("sandbox-ecommpay"))
              sandbox-ecomcharge:
                gateway: ecomcharge
                shop_id: \(SandboxKeys.shopID)
                secret: {value: \(SandboxKeys.secret)}
                public_key: {value: \(SandboxKeys.publicKey)}
                checkout_url: \(address)
                gateway_url: \(address)
                api_url: \(address)\(forward("sandbox-ecomcharge"))
            \(notify ?? "")
            what it has, and what it can do: curl \(address)/sandbox
            Ctrl-C stops it.

            """
    }
}
