import ConfigurationFile
import Delivery
import Gateways
import Ledger
import Payments
import Testing

@Suite struct DeliveryRequestTests {
    private func request(
        contentType: String? = nil,
        contentSignature: String? = nil,
        remoteAddress: String? = nil,
        authorization: String? = nil,
        attempts: Int = 0
    ) throws -> DeliveryRequest {
        let forward = DueForward(
            id: 3,
            callback: 9,
            account: "shop",
            paymentID: "1",
            body: [0, 255, 10],
            contentType: contentType,
            contentSignature: contentSignature,
            remoteAddress: remoteAddress,
            attempts: attempts,
            firstAttemptAt: nil
        )
        let target = ForwardTarget(name: "wc", url: try DeliveryURL("http://127.0.0.1:1/?key=hunter2"))
        return DeliveryRequest(
            forwarding: forward,
            by: ForwardRoute(account: "shop", target: target, authorization: authorization)
        )
    }

    private func headers(_ request: DeliveryRequest) -> [String] { request.headers.map { "\($0.name): \($0.value)" } }

    @Test func `a callback goes on with what came along, and with nothing that did not`() throws {
        #expect(headers(try request()) == ["Paystate-Callback: 9", "Paystate-Attempt: 1"])
        let whole = try request(
            contentType: "text/plain; charset=x",
            contentSignature: "abc",
            remoteAddress: "2001:db8::1",
            authorization: "Basic eA==",
            attempts: 4
        )
        #expect(
            headers(whole) == [
                "Content-Type: text/plain; charset=x", "Content-Signature: abc", "Authorization: Basic eA==",
                "X-Forwarded-For: 2001:db8::1", "Paystate-Callback: 9", "Paystate-Attempt: 5",
            ]
        )
        #expect(whole.body == [0, 255, 10])
    }

    @Test func `what is printed of it holds no secret`() throws {
        let request = try request(authorization: "Basic c2VjcmV0")
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("c2VjcmV0"), "\(text)")
        }
    }

    @Test func `the names of targets tell accounts apart`() throws {
        let target = ForwardTarget(name: "wc", url: try DeliveryURL("http://127.0.0.1:1/"))
        let route = ForwardRoute(account: "shop", target: target, authorization: nil)
        #expect(route.id.label == "shop/wc")
        let notify = NotifyTarget(
            name: "app",
            url: try DeliveryURL("https://app.example/"),
            secret: Secret(name: "x", bytes: [1])
        )
        #expect(notify.id.label == "app")
    }
}
