import ConfigurationFile
import Daemon
import Foundation
import Glibc
import Ledger
import Sandbox

/// The environment of a demo: a fresh database, a shop's plugin, and free ports of this machine.
struct DemoSetup {
    static let database = "var/demo.db"
    private static let shop = "demo-ecomcharge"
    private static let project = "demo-ecommpay"

    let configuration: Configuration
    let settings: SandboxSettings
    /// The shop's plugin, to which callbacks are passed on; it is down for a while.
    let plugin: PluginSettings
    let admin: AdminAddress

    init(paymentsPerMinute rate: Double, lose: Double, seed: UInt64) throws {
        let (callbacks, admin, gateways) = (try freePort(), try freePort(), try freePort())
        let shop = try freePort()
        self.admin = .loopback(HostAndPort(host: "127.0.0.1", port: admin))
        let base = "http://127.0.0.1:\(callbacks)/callbacks"
        settings = try Self.settings(base, gateways, rate: rate, lose: lose, seed: seed)
        var plugin = PluginSettings(accounts: settings.accounts, seed: seed)
        plugin.port = shop
        plugin.remembered = settings.remembered
        plugin.misbehaviour.fail = 0.02
        plugin.outage = PluginSettings.Outage(after: .seconds(5), lasting: .seconds(4))
        self.plugin = plugin
        let text = Array(Self.text(callbacks: callbacks, admin: admin, gateways: gateways, plugin: shop).utf8)
        let environment = HostEnvironment(variables: [:]) { _, _ in
            HostEnvironment.File(bytes: text, isWorldReadable: false)
        }
        try makeFolder("var")
        try Ledger.discard(at: Self.database)
        var configuration = try Configuration.load("the demo's configuration", environment)
        configuration.warnings = []
        self.configuration = configuration
    }

    /// The sandbox's settings, with a gateway's minutes shortened to seconds.
    private static func settings(
        _ base: String,
        _ port: Int,
        rate: Double,
        lose: Double,
        seed: UInt64
    ) throws -> SandboxSettings {
        var settings = SandboxSettings(
            accounts: [
                .ecommpay(project, callbacks: "\(base)/\(project)"),
                try .ecomcharge(shop, callbacks: "\(base)/\(shop)"),
            ],
            seed: seed
        )
        settings.port = port
        settings.rate = rate / 60
        settings.timeScale = 30
        settings.remembered = 1_000_000
        settings.misbehaviour.lose = lose
        settings.misbehaviour.duplicate = 0.1
        settings.misbehaviour.reorder = 0.1
        settings.misbehaviour.changeMind = 0.02
        settings.misbehaviour.ambiguous = 0.02
        settings.misbehaviour.omitAmounts = 0.1
        settings.misbehaviour.fail = 0.02
        settings.misbehaviour.rateLimit = 0.01
        return settings
    }

    /// The demo's polling schedule: the default one, with durations that fit gateways whose minutes are seconds.
    ///
    /// The second look comes after the last success that follows a failure, the last audit after the last refund.
    static let reconcile = """
        {first_after: 2s, schedule: [1s, 2s, 4s], give_up_after: 10m, authorized_every: 3s, second_look: 8s,
         audit: [10s, 30s], requests_per_second: 100, concurrency: 16}
        """

    /// The configuration's text; everything except the schedule has its default.
    private static func text(callbacks: Int, admin: Int, gateways: Int, plugin: Int) -> String {
        """
        database: \(database)
        listen: 127.0.0.1:\(callbacks)
        admin: [127.0.0.1:\(admin)]
        reconcile: \(reconcile)
        notify: [{to: "http://127.0.0.1:\(plugin)/events", name: app, secret: {value: \(SandboxKeys.eventSecret)}, from: 0}]
        accounts:
          \(project):
            gateway: ecommpay
            project_id: \(SandboxKeys.projectID)
            secrets: [{value: \(SandboxKeys.secret)}]
            api_url: http://127.0.0.1:\(gateways)
            forward: [{to: "http://127.0.0.1:\(plugin)/callbacks/\(project)", name: shop}]
          \(shop):
            gateway: ecomcharge
            shop_id: \(SandboxKeys.shopID)
            secret: {value: \(SandboxKeys.secret)}
            public_key: {value: \(SandboxKeys.publicKey)}
            checkout_url: http://127.0.0.1:\(gateways)
            gateway_url: http://127.0.0.1:\(gateways)
            api_url: http://127.0.0.1:\(gateways)
            forward: [{to: "http://127.0.0.1:\(plugin)/callbacks/\(shop)", name: shop}]
        """
    }
}

/// A port of this machine that is free now.
package func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isFound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
        }
    }
    guard descriptor >= 0, isFound else { throw SysExit.unavailable }
    return Int(UInt16(bigEndian: address.sin_port))
}
