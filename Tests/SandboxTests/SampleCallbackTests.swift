import Gateways
import Payments
import Sandbox
import Testing

/// The samples pass the gateways' own checks.
@Suite struct SampleCallbackTests {
    private let now = Timestamp(milliseconds: 1_795_341_601_250)
    private let secret = Secret(name: "sample", bytes: Array("secret".utf8))

    @Test func `ecommpay's sample is proved and reports a success of this second`() throws {
        let gateway = try Ecommpay(["project_id": .integer(240), "secrets": .secrets([secret])])
        let body = Array(SampleCallback.ecommpay(projectID: 240, secret: secret, at: now).utf8)
        let report = try gateway.decode(try gateway.authenticate(Callback(body: body)))
        #expect(report.payment?.status == Status(word: "success", state: .succeeded))
        #expect(report.payment?.gatewayTime == Timestamp(milliseconds: 1_795_341_601_000))
        #expect(report.operations.map(\.amount) == [5200])
    }

    @Test func `eComCharge's sample needs its credentials and reports a success`() throws {
        let gateway = try EComCharge([
            "shop_id": .integer(1673), "secret": .secrets([secret]), "authentication": .word("basic"),
        ])
        let body = Array(SampleCallback.ecomcharge(at: now).utf8)
        #expect(throws: Rejection.unauthenticated) { try gateway.authenticate(Callback(body: body)) }
        let callback = Callback(body: body, authorization: "Basic MTY3MzpzZWNyZXQ=")
        let report = try gateway.decode(try gateway.authenticate(callback))
        #expect(report.operations.map(\.status.state) == [.succeeded])
        #expect(report.payment?.reference == "order-1795341601")
    }
}
