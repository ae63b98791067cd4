import ConfigurationFile
import Daemon
import Foundation
import Gateways
import Payments
import Sandbox

/// The embedded configuration of `serve --example`: one account for each gateway, with secrets that everybody knows.
enum Example {
    static let database = "var/paystate.db"
    private static let projectID = 240
    private static let shopID = 1673
    private static let secret = "example-secret"

    /// The address for callbacks, unless another is chosen.
    static let address = HostAndPort(host: "127.0.0.1", port: 8080)

    /// An address to try if one, or the admin listener's next to it, is taken.
    static func other(than address: HostAndPort) -> HostAndPort {
        HostAndPort(host: "127.0.0.1", port: (8089...8090).contains(address.port) ? 8190 : 8090)
    }

    private static func text(listen address: HostAndPort) -> String {
        // Behind the last port there is none; 0 takes any free one.
        let isFollowed = (1..<65_535).contains(address.port)
        let admin = HostAndPort(host: "127.0.0.1", port: isFollowed ? address.port + 1 : 0)
        return """
            database: \(database)
            listen: "\(address)"
            admin: ["\(admin)"]
            accounts:
              example-ecommpay:
                gateway: ecommpay
                project_id: \(projectID)
                secrets: [{value: \(secret)}]
              example-ecomcharge:
                gateway: ecomcharge
                shop_id: \(shopID)
                secret: {value: \(secret)}
                authentication: basic
            """
    }

    /// Makes the folder of the database, and reads the embedded text as if it were a file of the working directory.
    static func prepare(listen address: HostAndPort) throws -> Configuration {
        try makeFolder("var")
        let text = Array(text(listen: address).utf8)
        let environment = HostEnvironment(variables: [:]) { _, _ in
            HostEnvironment.File(bytes: text, isWorldReadable: false)
        }
        var configuration = try Configuration.load("the embedded example", environment)
        // Of the example, only what other machines can reach is unwise.
        configuration.warnings = configuration.warnings.filter { $0.key == "listen" }
        return configuration
    }

    /// Commands to paste: an authentic callback for each gateway, and one that shows the effect.
    static func instructions(at address: String, now: Timestamp) -> String {
        let key = Secret(name: "example", bytes: Array(secret.utf8))
        let ecommpay = SampleCallback.ecommpay(projectID: projectID, secret: key, at: now)
        let ecomcharge = SampleCallback.ecomcharge(at: now)
        return """

            Paystate listens on \(address); its database is \(database). Paste into another terminal:

            an ecommpay callback, signed:
              curl -i http://\(address)/callbacks/example-ecommpay -d '\(ecommpay)'

            an eComCharge callback, with Basic credentials:
              curl -i -u \(shopID):\(secret) http://\(address)/callbacks/example-ecomcharge -d '\(ecomcharge)'

            what Paystate recorded:
              sqlite3 -readonly -box \(database) 'SELECT account, payment_id, state, amount, currency FROM payments'

            Ctrl-C stops it.

            """
    }
}

/// Creates a folder in the working directory unless it exists, or reports why that is impossible and what to do.
func makeFolder(_ path: String) throws {
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        let place = FileManager.default.currentDirectoryPath
        printError(
            """
            cannot make the folder \(path) in \(place): run this in a folder that you may write to, and where no file \
            has that name
            """
        )
        throw SysExit.cannotCreate
    }
}
