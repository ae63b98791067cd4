import Gateways
import Testing

/// The sandbox's signing, checked against signatures made by openssl and Python.
@Suite struct SigningTests {
    private let fixtures: Fixtures.PollState

    init() throws {
        fixtures = try Fixtures.asking()
    }

    @Test func `a text that is laid out already is signed as ecommpay signs`() {
        let secret = Secret(name: "secret", bytes: Array(fixtures.code.secret.utf8))
        #expect(Ecommpay.code(of: Array(fixtures.code.text.utf8), with: secret) == fixtures.code.base64)
    }

    @Test func `a body is signed as eComCharge signs, with a key in any form`() throws {
        for (name, text) in fixtures.signing.keys {
            let key = try PrivateKey(Secret(name: "key", bytes: Array(text.utf8)))
            let signature = try EComCharge.signature(of: Array(fixtures.signing.body.utf8), with: key)
            #expect(signature == fixtures.signing.signature, "\(name)")
        }
    }

    @Test func `an unusable private key is a problem that does not show it`() {
        for (name, text) in fixtures.signing.badKeys {
            let problem = #expect(throws: SettingError.self, "\(name)") {
                try PrivateKey(Secret(name: "key", bytes: Array(text.utf8)))
            }
            #expect(problem?.setting == "private_key")
            #expect(problem?.explanation.contains(text) == false)
        }
    }

    @Test func `a private key never shows`() throws {
        let text = try #require(fixtures.signing.keys["base64"])
        let key = try PrivateKey(Secret(name: "key", bytes: Array(text.utf8)))
        var dumped = ""
        dump(key, to: &dumped)
        #expect(["\(key)", String(reflecting: key)] == ["PrivateKey", "PrivateKey"])
        #expect(dumped == "- PrivateKey\n")
    }
}
