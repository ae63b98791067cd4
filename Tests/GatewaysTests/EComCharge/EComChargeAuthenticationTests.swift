import Gateways
import Payments
import Testing

@Suite struct EComChargeAuthenticationTests {
    private let fixtures: Fixtures.EComChargeVectors

    init() throws {
        fixtures = try Fixtures.ecomcharge()
    }

    private func gateway(key: String? = nil, authentication: String? = nil) throws -> EComCharge {
        var values: [String: SettingValue] = [
            "shop_id": .integer(1673), "secret": .secret("pass:word", name: "the password"),
        ]
        values["public_key"] = key.map { .secret($0, name: "the key") }
        values["authentication"] = authentication.map(SettingValue.word)
        return try EComCharge(values)
    }

    private let right = EComChargeShop.basic("1673:pass:word")

    @Test func `a signature over the bytes is accepted`() throws {
        for (name, vector) in fixtures.accepted {
            let gateway = try gateway(key: vector.publicKey ?? fixtures.publicKey)
            let callback = Callback(body: Array(vector.body.utf8), contentSignature: vector.signature)
            let authentic = try gateway.authenticate(callback)
            #expect(authentic.form == .signature, "\(name)")
            #expect(authentic.keyID == "the key", "\(name)")
            #expect(authentic.verdict == .valid, "\(name)")
        }
    }

    @Test func `any other signature is forged`() throws {
        let gateway = try gateway(key: fixtures.publicKey)
        for (name, vector) in fixtures.forged {
            let callback = Callback(body: Array(vector.body.utf8), contentSignature: vector.signature)
            #expect(throws: Rejection.forged, "\(name)") { try gateway.authenticate(callback) }
        }
    }

    @Test func `credentials go along with a forwarded callback where the gateway sends them, and nowhere else`() throws
    {
        #expect(try gateway().forwardedAuthorization == right)
        #expect(try gateway(key: fixtures.publicKey, authentication: "signature+basic").forwardedAuthorization == right)
        #expect(try gateway(key: fixtures.publicKey, authentication: "basic").forwardedAuthorization == right)
        #expect(try gateway(key: fixtures.publicKey).forwardedAuthorization == nil)
    }

    @Test func `no bit of the body or signature may differ`() throws {
        let gateway = try gateway(key: fixtures.publicKey)
        let body = Array(fixtures.body.utf8)
        for index in body.indices {
            var changed = body
            changed[index] ^= 1
            #expect(throws: Rejection.forged) {
                try gateway.authenticate(Callback(body: changed, contentSignature: fixtures.signature))
            }
        }
    }

    @Test func `a public key is read in every form`() throws {
        for (name, key) in fixtures.keys {
            let callback = Callback(body: Array(fixtures.body.utf8), contentSignature: fixtures.signature)
            #expect(throws: Never.self, "\(name)") { try gateway(key: key).authenticate(callback) }
        }
    }

    @Test func `an unusable public key is a problem that tells what is accepted`() throws {
        for (name, key) in fixtures.badKeys {
            let problem = #expect(throws: SettingError.self, "\(name)") { try gateway(key: key) }
            #expect(problem?.setting == "public_key")
            #expect(problem?.explanation.contains("PEM") == true)
            #expect(problem?.explanation.contains(key) == false)
        }
    }

    /// The account's setting, the credentials that arrive, and the outcome.
    static let proofs: [(authentication: String?, hasKey: Bool, basic: Bool, signature: Bool, outcome: [String])] = [
        (nil, true, false, true, ["signature", "the key"]),
        (nil, true, true, false, ["forged"]),
        (nil, false, true, false, ["basic", "the password"]),
        (nil, false, false, true, ["unauthenticated"]),
        ("signature", true, true, true, ["signature", "the key"]),
        ("signature", true, true, false, ["forged"]),
        ("basic", true, true, false, ["basic", "the password"]),
        ("basic", true, false, true, ["unauthenticated"]),
        ("signature+basic", true, true, true, ["signature+basic", "the key"]),
        ("signature+basic", true, true, false, ["forged"]),
        ("signature+basic", true, false, true, ["unauthenticated"]),
        ("signature+basic", true, false, false, ["unauthenticated"]),
    ]

    @Test(arguments: proofs)
    func `nothing weaker than what is asked for will do`(
        proof: (authentication: String?, hasKey: Bool, basic: Bool, signature: Bool, outcome: [String])
    ) throws {
        let gateway = try gateway(key: proof.hasKey ? fixtures.publicKey : nil, authentication: proof.authentication)
        let callback = Callback(
            body: Array(fixtures.body.utf8),
            authorization: proof.basic ? right : nil,
            contentSignature: proof.signature ? fixtures.signature : nil
        )
        do {
            let authentic = try gateway.authenticate(callback)
            #expect([authentic.form.rawValue, authentic.keyID] == proof.outcome)
        } catch {
            #expect([error.reason] == proof.outcome)
        }
    }

    @Test(arguments: ["signature", "signature+basic"])
    func `signatures cannot be asked for without a key`(authentication: String) {
        let problem = #expect(throws: SettingError.self) { try gateway(authentication: authentication) }
        #expect(problem?.setting == "authentication")
    }

    @Test(arguments: [
        ("Basic MTY3MzpwYXNzOndvcmQ=", true), ("basic  MTY3MzpwYXNzOndvcmQ=", true),
        ("BASIC MTY3MzpwYXNzOndvcmQ= ", true),
        ("Basic MTY3MzpwYXNzOndvcmQ", false), ("Bearer MTY3MzpwYXNzOndvcmQ=", false), ("MTY3MzpwYXNzOndvcmQ=", false),
        ("Basic", false), ("Basic ", false), ("", false), ("Basic 1673:pass:word", false),
        (EComChargeShop.basic("1673:pass"), false), (EComChargeShop.basic("1673:pass:wor"), false),
        (EComChargeShop.basic("1673:pass:word "), false), (EComChargeShop.basic("1674:pass:word"), false),
        (EComChargeShop.basic("01673:pass:word"), false), (EComChargeShop.basic(":pass:word"), false),
        (EComChargeShop.basic("1673:"), false), (EComChargeShop.basic(""), false),
    ])
    func `only the shop and its password pass`(authorization: String, passes: Bool) throws {
        let gateway = try gateway()
        let callback = Callback(body: Array("{}".utf8), authorization: authorization)
        if passes {
            #expect(throws: Never.self) { try gateway.authenticate(callback) }
        } else {
            #expect(throws: Rejection.unauthenticated) { try gateway.authenticate(callback) }
        }
    }

    @Test(
        arguments: [
            (["shop_id": 1673], true), (["shop_id": "1673", "shop": ["id": "1673"]], true),
            (["shop": ["name": "x"]], true),
            (["shop": "x"], true), ([:], true), ([], true), (5, true),
            (["shop_id": 1674], false), (["shop": ["id": "1674"]], false), (["shop_id": [1673]], false),
            (["shop_id": nil], false), (["shop_id": true], false), (["shop_id": .number("1673.0")], false),
            (["shop_id": 1673, "shop": ["id": 1674]], false),
        ] as [(Body, Bool)]
    )
    func `a body that names another shop is foreign, wherever it names it`(part: Body, isOurs: Bool) throws {
        let gateway = try gateway()
        for body in [part, ["transaction": part], ["checkout": part]] as [Body] {
            let callback = Callback(body: body.bytes, authorization: right)
            if isOurs {
                #expect(throws: Never.self) { try gateway.authenticate(callback) }
            } else {
                #expect(throws: Rejection.foreign) { try gateway.authenticate(callback) }
            }
        }
    }

    @Test(
        arguments: [
            #"{"shop_id":1673,"shop_id":1674}"#, #"{"shop_id":1674,"shop_id":1673}"#,
            #"{"transaction":{"shop_id":1673},"transaction":{"shop_id":1674}}"#,
            #"{"shop":{"id":"1673"},"shop":{"id":"1674"}}"#, #"{"subscription":{"shop_id":1674}}"#,
        ]
    )
    func `a shop is named as often as its key is there`(body: String) throws {
        let callback = Callback(body: Array(body.utf8), authorization: right)
        #expect(throws: Rejection.foreign) { try gateway().authenticate(callback) }
    }

    @Test func `nothing that it proves is ambiguous, whatever was left out`() throws {
        let body: Body = ["transaction": ["uid": "1", "status": "successful", "message": ["a;payment:id:1"]]]
        let callback = Callback(body: body.bytes, authorization: right)
        let gateway = try gateway()
        let authentic = try gateway.authenticate(callback)
        let report = try gateway.decode(authentic)
        #expect(report.leftOut == ["transaction.message"])
        #expect(gateway.verdict(on: authentic, saying: report) == .valid)
    }
}
