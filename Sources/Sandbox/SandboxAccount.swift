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
    /// Whether payments are not marked as tests (eComCharge; ecommpay's bodies do not say).
    package var isReal = false
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

/// The keys of the sandbox's own accounts. They are public: they prove nothing outside a sandbox.
package enum SandboxKeys {
    package static let projectID: Int64 = 240
    package static let shopID: Int64 = 1673
    /// ecommpay's project secret, and the shop's password.
    package static let secret = "sandbox-secret-known-to-everybody"

    /// The key that verifies the shop's callbacks: base64 of DER, as the gateway's back office shows it.
    package static let publicKey = """
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuvCLchNMSmwOMu+n09ArtSkJ2H3pQV0oMit5bYlzMBwNM6jRnoJJjReg\
        /3Dadvfp8Zq0wolngT4y4Bgj3Q9RgJ4sJ+D/QzKLrdqyQqnH6fmijZQuMKrxap/1hAKACMVEUqKrGz+rtT6hcqVQCgIzOncDiUks\
        1vAO4KWcRPoQ4axi6Dua23p9C8jyqb4QaEx5+mlSJMaezkAEbuRDizFeBoTJW1BWdIrOdDsJfEcXwepqFkk35K+fj7DxDO8FnCDR\
        okUcxKhcD8TKhiR0nvI4+OUpu1IZc/ZhyVCc6guyizSZ90KiMAghLq0EGGlb3CciZq3vsHGaYm/Z+wemIgCbCwIDAQAB
        """

    /// The key that signs the shop's callbacks: base64 of DER (PKCS#8).
    static let privateKey = """
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC68ItyE0xKbA4y76fT0Cu1KQnYfelBXSgyK3ltiXMwHA0zqNGe\
        gkmNF6D/cNp29+nxmrTCiWeBPjLgGCPdD1GAniwn4P9DMout2rJCqcfp+aKNlC4wqvFqn/WEAoAIxURSoqsbP6u1PqFypVAKAjM6\
        dwOJSSzW8A7gpZxE+hDhrGLoO5rben0LyPKpvhBoTHn6aVIkxp7OQARu5EOLMV4GhMlbUFZ0is50Owl8RxfB6moWSTfkr5+PsPEM\
        7wWcINGiRRzEqFwPxMqGJHSe8jj45Sm7Uhlz9mHJUJzqC7KLNJn3QqIwCCEurQQYaVvcJyJmre+wcZpib9n7B6YiAJsLAgMBAAEC\
        ggEAUWWb0jgE6ALUy+j+MoRaA6+y0clBX2yoq++yF7fZqAEO3oeLfnFMhVrch10kQtj/zGuIeYxKvUPP8zOPqhmZa19z6olVnHTN\
        zQ2EwPIcUgyYcv0qf5ZvN/YeeTR9e1Qpw7GAv4Shx3FV6w2AJFuA4twfdg+erpgoYji6Km6YGyquA3d+2NlLrKi1ooFMP35NOVH8\
        z6UU2mkHAHO50FFmoZOHI47PYsUUgZf+RodUPVmSaLkeWQexaI6pWOGSJa1jfskT1DXA7qtXKBi9vP/GsCXxoCXPBUfZH0gOf9+L\
        6c8eFK8lbafNDXU2KGyFtCZH1cBML5ISvyK2iaTcbXUEwQKBgQDcA2gEa9bNfJ3hvm+PGuZXs+mKrxTS7xaBxQ3Y/GkNvGpK0fvS\
        ItaDEnM4g2GIuaEF+MgiR7OzTj70+2uQXeva0XwUw/y+jrY+g9ieiP6ygr2Do/fP/FmS7uKId3ZVvuYUiCnO131YvntW1JGVvqNW\
        K8guAPt369eOJ2Th3MTQZwKBgQDZhD9viMHcJWnFiGsm8CXuGkvoK/iFLw9fstsh9ogW/bjPbaVNZtYISjMvEx0npJ6C4jD/ofQm\
        YuOT74pkdK8IXIzdiipiisdxftD8t72qWMKCp4qqr778APWZgggD75cCRyWCfavqeznl1xa7ampbFgHNBq0pIH6yDvVRfbPpvQKB\
        gCj2kWVRVrsHmrWvKUIxtfVaT/88PdpQHZanw75EsKKYFAo+Mm6bgekBhGZfP8efGDXubgTD6NdXmC0wqoREmGczXbDYFLS+CXx2\
        O9y4kQNXiEV8P+V/jIXo6FCUPXoVgu0LtQ0H3hSp0nkGNtz0k6C1oh2+nRNk28th1kyfOB29AoGARd8RcYaAn3L1MxrLMMrbpEyW\
        LZJSVpXzXk5ZzeMffCMshpU2EFMEVc1f+7MsHlvm/ywhiTxA7UO+zvqXfgVtZEY2icOkMdtajb6q60MqjdnNQaMIDCRAOTslqZX3\
        dSw1Wen4xp4P51aGFqqtBq78Ux4SngWTAi8KA7CCZRb4ABECgYAGG18NS7+jF+ikdU2PaiKHMKeP88G8F/SolXahrVRqCP2RwI8z\
        gq7D5VXRGT/NL1fJgnG+tBFP2O7FlfrptWfbccmUJsfzD0WxDiE45klmfkiKBpjsx33pl0EOo6hVTM4ELQQ6/a1YB++Y07ruITlV\
        ySszensgg7bEKxaJufsLxw==
        """
}
