import Gateways
import LosslessJSON
import Sandbox
import Testing

/// The sandbox's signatures equal those of independent code.
@Suite struct SigningTests {
    @Test(arguments: try Fixtures.read().ecommpay)
    func `ecommpay's text and signature are those of the fixtures`(_ fixture: Fixtures.Ecommpay) throws {
        let body = try JSON(reading: Array(fixture.body.utf8))
        #expect(String(decoding: body.ecommpaySignedText, as: UTF8.self) == fixture.text)
        let secret = Secret(name: "test", bytes: Array(try Fixtures.read().secret.utf8))
        let signed = body.signed(with: secret)
        #expect((signed["general"] ?? signed)["signature"] == .string(fixture.signature))
    }

    @Test(arguments: try Fixtures.read().ecommpay)
    func `the gateway's own check accepts what the sandbox signs`(_ fixture: Fixtures.Ecommpay) throws {
        let secret = Secret(name: "test", bytes: Array(try Fixtures.read().secret.utf8))
        let gateway = try Ecommpay(["project_id": .integer(240), "secrets": .secrets([secret])])
        let body = try JSON(reading: Array(fixture.body.utf8)).signed(with: secret).bytes
        #expect(try gateway.authenticate(Callback(body: body)).form == .natural)
    }

    @Test func `eComCharge's signature is that of openssl`() throws {
        let fixture = try Fixtures.read().ecomcharge
        let headers = try SandboxAccount.ecomcharge(callbacks: nil).headers(for: Array(fixture.body.utf8))
        #expect(headers.first { $0.name == "Content-Signature" }?.value == fixture.signature)
    }

    @Test func `bytes are the JSON that was read, written compactly`() throws {
        let text = #"{"a":[1,-2.50,true,null,{}],"quote\"back\\slash":"line\u000abell\u0007 Ж/","empty":""}"#
        #expect(String(decoding: try JSON(reading: Array(text.utf8)).bytes, as: UTF8.self) == text)
    }
}
