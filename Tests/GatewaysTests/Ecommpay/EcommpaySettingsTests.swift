import Gateways
import Testing

@Suite struct EcommpaySettingsTests {
    @Test(
        arguments: [
            (nil, .confirm), ("confirm", .confirm), ("confirm_money", .confirmMoney), ("accept", .accept),
        ] as [(String?, AmbiguityPolicy)]
    )
    func `an ambiguous callback is taken at its word only on request`(word: String?, policy: AmbiguityPolicy) throws {
        #expect(try EcommpayAccount(ambiguous: word).gateway.ambiguity == policy)
    }

    @Test(
        arguments: [
            ("project_id", ["secrets": .secret("s")]),
            ("project_id", ["secrets": .secret("s"), "project_id": .word("x")]),
            ("secrets", ["project_id": .integer(1)]),
            ("secrets", ["project_id": .integer(1), "secrets": .secrets([])]),
            ("secrets", ["project_id": .integer(1), "secrets": .secret("")]),
            ("ambiguous", ["project_id": .integer(1), "secrets": .secret("s"), "ambiguous": .word("perhaps")]),
        ] as [(String, [String: SettingValue])]
    )
    func `a problem names its setting`(setting: String, values: [String: SettingValue]) {
        let problem = #expect(throws: SettingError.self) { try Ecommpay(values) }
        #expect(problem?.setting == setting)
    }

    @Test func `its callbacks are forwarded without credentials, because their signature is inside`() throws {
        #expect(try EcommpayAccount(ambiguous: nil).gateway.forwardedAuthorization == nil)
    }

    @Test func `every gateway is listed with its settings`() {
        #expect(gateways.map { $0.name } == ["ecommpay", "ecomcharge"])
        let required = gateways.map { gateway in gateway.settings.filter(\.isRequired).map(\.name) }
        #expect(required == [["project_id", "secrets"], ["shop_id", "secret"]])
        #expect(Ecommpay.settings.first { $0.name == "api_url" }?.fallback == "https://api.ecommpay.com")
        let ambiguous = Ecommpay.settings.first { $0.name == "ambiguous" }
        #expect(ambiguous?.kind == .word(["confirm", "confirm_money", "accept"]))
        #expect(ambiguous?.fallback == "confirm")
    }

    @Test func `a secret shows its name only`() throws {
        let secret = Secret(name: "eu-shop", bytes: Array("hunter2".utf8))
        let ecommpay = try Ecommpay(["project_id": .integer(1), "secrets": .secrets([secret])])
        let ecomcharge = try EComCharge(["shop_id": .integer(1), "secret": .secrets([secret])])
        for thing in [secret, SettingValue.secrets([secret]), ecommpay, ecomcharge] as [Any] {
            var dumped = ""
            dump(thing, to: &dumped)
            for text in ["\(thing)", String(reflecting: thing), dumped] {
                #expect(text.contains("eu-shop"))
                #expect(!text.contains("hunter2"))
                #expect(!text.contains("104, 117"))
                #expect(!text.contains("- 104"))
            }
        }
    }
}
