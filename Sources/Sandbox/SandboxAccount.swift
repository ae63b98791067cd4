import Foundation
package import Gateways

/// A merchant's account at a gateway that the sandbox simulates.
package struct SandboxAccount: Sendable {
    /// What identifies the merchant at the gateway, and what both sides authenticate with.
    package enum Keys: Sendable {
        case ecommpay(projectID: Int64, secret: Secret)
        /// The secret is the password of both sides; the private key also signs callbacks.
        case ecomcharge(shopID: Int64, secret: Secret, privateKey: PrivateKey)
    }

    package let name: String
    package let keys: Keys
    /// Where callbacks are sent; nil sends none, so that the merchant has to poll.
    package var callbacks: String?

    package init(name: String, keys: Keys, callbacks: String?) {
        self.name = name
        self.keys = keys
        self.callbacks = callbacks
    }

    /// An ecommpay project with the sandbox's own keys.
    package static func ecommpay(_ name: String = "sandbox-ecommpay", callbacks: String?) -> SandboxAccount {
        let secret = Secret(name: "sandbox", bytes: Array(SandboxKeys.secret.utf8))
        let keys = Keys.ecommpay(projectID: SandboxKeys.projectID, secret: secret)
        return SandboxAccount(name: name, keys: keys, callbacks: callbacks)
    }

    /// An eComCharge shop with the sandbox's own keys.
    package static func ecomcharge(
        _ name: String = "sandbox-ecomcharge",
        callbacks: String?
    ) throws(SettingError) -> SandboxAccount {
        let secret = Secret(name: "sandbox", bytes: Array(SandboxKeys.secret.utf8))
        let key = try PrivateKey(Secret(name: "sandbox", bytes: Array(SandboxKeys.privateKey.utf8)))
        let keys = Keys.ecomcharge(shopID: SandboxKeys.shopID, secret: secret, privateKey: key)
        return SandboxAccount(name: name, keys: keys, callbacks: callbacks)
    }
}

extension SandboxAccount {
    /// The headers that the gateway sends with a body: eComCharge authenticates with them, in both of its ways.
    package func headers(for body: [UInt8]) throws -> [(name: String, value: String)] {
        switch keys {
        case .ecommpay: return []
        case .ecomcharge(let shopID, let secret, let key):
            let signature = try EComCharge.signature(of: body, with: key)
            return [("Authorization", Self.basic(shopID, secret)), ("Content-Signature", signature)]
        }
    }

    /// A shop's credentials, which authenticate either side to the other.
    static func basic(_ shopID: Int64, _ secret: Secret) -> String {
        "Basic " + Data(Array("\(shopID):".utf8) + secret.bytes).base64EncodedString()
    }

    var gateway: String {
        switch keys {
        case .ecommpay: Ecommpay.name
        case .ecomcharge: EComCharge.name
        }
    }
}

/// What a sandbox simulates, and how.
package struct SandboxSettings: Sendable {
    package var accounts: [SandboxAccount]
    package var host = "127.0.0.1"
    /// 0 stands for any free port.
    package var port = 8090
    /// Payments that begin by themselves, per second; 0 creates them on request only.
    package var rate = 0.0
    /// How often each life is chosen, relative to the others.
    package var lives = Life.usualWeights
    package var misbehaviour = Misbehaviour()
    /// The same seed creates the same payments, with the same lives.
    package var seed: UInt64
    /// How many times faster than at the gateways everything happens: lives, and the pauses before callbacks are
    /// repeated.
    package var timeScale = 1.0
    /// How many payments are kept after their last event and callback; older ones are forgotten, and no longer found.
    package var remembered = 10_000
    /// The most callbacks in flight at the same time.
    package var connections = 16
    /// The most callbacks that wait to be sent (again): above it, no payments are created.
    package var waiting = 20_000

    package init(accounts: [SandboxAccount], seed: UInt64) {
        self.accounts = accounts
        self.seed = seed
    }

    func scaled(_ duration: Duration) -> Duration { duration / timeScale }
}
