import Foundation
package import Gateways

/// A merchant's account at a gateway that the sandbox plays.
package struct SandboxAccount: Sendable {
    /// What the gateway knows the merchant by, and what both sides prove themselves with.
    package enum Keys: Sendable {
        case ecommpay(projectID: Int64, secret: Secret)
        /// The secret is the password of both sides; with the private key callbacks are signed as well.
        case ecomcharge(shopID: Int64, secret: Secret, privateKey: PrivateKey)
    }

    package let name: String
    package let keys: Keys
    /// Where the callbacks go; nil sends none, and the merchant has to ask.
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
    /// The headers that the gateway sends with a body: eComCharge proves itself in them, in both of its ways.
    package func headers(for body: [UInt8]) throws -> [(name: String, value: String)] {
        switch keys {
        case .ecommpay: return []
        case .ecomcharge(let shopID, let secret, let key):
            let signature = try EComCharge.signature(of: body, with: key)
            return [("Authorization", Self.basic(shopID, secret)), ("Content-Signature", signature)]
        }
    }

    /// A shop's credentials, which prove either side to the other.
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

/// What a sandbox plays, and how.
package struct SandboxSettings: Sendable {
    package var accounts: [SandboxAccount]
    package var host = "127.0.0.1"
    /// 0 takes a free one.
    package var port = 8090
    /// Payments that begin by themselves, a second; 0 makes them on request only.
    package var rate = 0.0
    /// How often each life is led, relative to the others.
    package var lives = Life.usualWeights
    package var misbehaviour = Misbehaviour()
    /// The same seed makes the same payments, which lead the same lives.
    package var seed: UInt64
    /// How many times faster than at the gateways everything happens: lives, and the pauses before callbacks come again.
    package var timeScale = 1.0
    /// How many payments are remembered after their last event and callback; older ones are forgotten, and no longer found.
    package var remembered = 10_000
    /// Callbacks under way at the same time, at most.
    package var connections = 16
    /// Callbacks waiting to be sent (again), at most: above it no payments are made.
    package var waiting = 20_000

    package init(accounts: [SandboxAccount], seed: UInt64) {
        self.accounts = accounts
        self.seed = seed
    }

    func scaled(_ duration: Duration) -> Duration { duration / timeScale }
}
