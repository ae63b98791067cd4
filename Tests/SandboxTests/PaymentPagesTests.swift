import Foundation
import Gateways
import LosslessJSON
import Payments
import Sandbox
import TestSupport
import Testing

/// The requests by which a shop makes a payment, and the pages on which its buyers pay.
@Suite struct PaymentPagesTests {
    private static let secret = Secret(name: "test", bytes: Array(SandboxKeys.secret.utf8))

    /// A shop's request for a token.
    private func checkout(_ members: KeyValuePairs<String, JSON>, notifying url: String) -> String {
        let body: JSON = [
            "test": true, "transaction_type": "payment",
            "order": [
                "amount": 1250, "currency": "EUR", "description": "Two <books>", "tracking_id": "ORDER-9",
                "additional_data": ["anything": "else"],
            ],
            "settings": [
                "notification_url": .string(url), "return_url": "http://shop.example/back?order=9",
                "cancel_url": "http://shop.example/cart", "language": "en",
            ],
        ]
        let request: JSON = ["checkout": body.with(members)]
        return String(decoding: request.bytes, as: UTF8.self)
    }

    /// An address of the merchant's server that is not the account's.
    private func otherCallbacks(_ running: RunningSandbox) async throws -> String {
        guard case .array(let accounts) = try await running.request("/sandbox").body["accounts"] else { return "" }
        let known = try #require(accounts.first?["callbacks"]?.string)
        return known.replacing("sandbox-ecommpay", with: "other")
    }

    @Test func `a token is made by POST, paid by the page's form, reported and refunded`() async throws {
        try await RunningSandbox.run { running in
            let request = checkout([:], notifying: try await otherCallbacks(running))
            let made = try await running.request("/ctp/api/checkouts", request, authorization: Merchant.credentials)
            #expect(made.status == 201)
            let token = try #require(made.body["checkout"]?["token"]?.string)
            let page = try #require(made.body["checkout"]?["redirect_url"]?.string)
            #expect(page == "http://127.0.0.1:\(running.port)/v2/checkout?token=\(token)")

            let open = try await Browser.open(page)
            #expect(open.status == 200)
            #expect(open.text.contains("12.50 EUR · ORDER-9"))
            #expect(open.text.contains("Two &lt;books&gt;"))
            #expect(open.text.contains("value=\"pay\""))
            #expect(running.sandbox.groundTruth().payments.isEmpty)

            let left = try await Browser.open(page, form: "choice=leave")
            #expect(left.status == 303)
            #expect(left.location?.hasPrefix("http://shop.example/cart?token=\(token)") == true)
            let paid = try await Browser.open(page, form: "choice=pay")
            #expect(paid.status == 303)
            let payment = try #require(running.sandbox.groundTruth().payments.first)
            #expect(
                paid.location
                    == "http://shop.example/back?order=9&token=\(token)&status=successful&uid=\(payment.id)"
            )
            let isReported = try await eventually { running.inbox.all.count == 1 }
            #expect(isReported)
            #expect(running.inbox.all.map(\.path) == ["/callbacks/other"])
            #expect(running.inbox.all.map(\.status) == ["successful"])

            let status = try await running.request("/ctp/api/checkouts/\(token)", authorization: Merchant.credentials)
            #expect(status.body["checkout"]?["finished"] == true)
            #expect(status.body["checkout"]?["status"] == "successful")
            #expect(status.body["checkout"]?["settings"]?["cancel_url"] == "http://shop.example/cart")
            let again = try await Browser.open(page)
            #expect(again.text.contains("It cannot be paid"))
            #expect(try await Browser.open(page, form: "choice=pay").status == 409)
            #expect(try await running.request("/sandbox/payments/ORDER-9/refund", "").status == 200)
            let isRefunded = try await eventually { running.inbox.all.count == 2 }
            #expect(isRefunded)
        }
    }

    @Test func `a declined buyer may try again as often as the token says`() async throws {
        try await RunningSandbox.run { running in
            let request = checkout(["attempts": 2], notifying: try await otherCallbacks(running))
            let made = try await running.request("/ctp/api/checkouts", request, authorization: Merchant.credentials)
            let page = try #require(made.body["checkout"]?["redirect_url"]?.string)
            let declined = try await Browser.open(page, form: "choice=decline")
            #expect(declined.location?.contains("status=failed") == true)
            #expect(try await Browser.open(page).text.contains("value=\"pay\""))
            #expect(try await Browser.open(page, form: "choice=decline").status == 303)
            #expect(try await Browser.open(page, form: "choice=pay").status == 409)
            #expect(running.sandbox.groundTruth().payments.map(\.state) == [.failed, .failed])
        }
    }

    @Test(arguments: [
        (#"{"checkout":{"order":{"amount":"12","currency":"EUR","description":"x"}}}"#, "order.amount"),
        (#"{"checkout":{"order":{"amount":0,"currency":"EUR","description":"x"}}}"#, "order.amount"),
        (#"{"checkout":{"order":{"amount":1,"currency":"euro","description":"x"}}}"#, "order.currency"),
        (#"{"checkout":{"order":{"amount":1,"currency":"EUR"}}}"#, "order.description"),
        (#"{"checkout":{"order":{"amount":1,"currency":"EUR","description":"x"},"test":1}}"#, "test"),
        (#"{"checkout":{"order":{"amount":1,"currency":"EUR","description":"x"},"attempts":0}}"#, "attempts"),
        (
            #"{"checkout":{"order":{"amount":1,"currency":"EUR","description":"x","expired_at":"2001-01-01T00:00:00Z"}}}"#,
            "order.expired_at"
        ),
        (
            #"{"checkout":{"order":{"amount":1,"currency":"EUR","description":"x"},"settings":{"return_url":"x"}}}"#,
            "settings.return_url"
        ),
        (
            #"{"checkout":{"order":{"amount":1,"currency":"EUR","description":"x"},"transaction_type":"gift"}}"#,
            "transaction_type"
        ),
        (#"{"order":{}}"#, "checkout"),
    ])
    func `a request for a token that is wrong is refused by the names of its members`(
        _ body: String,
        _ path: String
    ) async throws {
        try await RunningSandbox.run { running in
            let reply = try await running.request("/ctp/api/checkouts", body, authorization: Merchant.credentials)
            #expect(reply.status == 422)
            #expect(reply.body["errors"]?[path] != nil, "\(reply.body)")
            #expect(running.sandbox.counters.created == 0)
        }
    }

    @Test func `a token needs the shop's credentials and JSON, a page a token and a choice`() async throws {
        try await RunningSandbox.run { running in
            #expect(try await running.request("/ctp/api/checkouts", "{}").status == 401)
            let reply = try await running.request("/ctp/api/checkouts", "{", authorization: Merchant.credentials)
            #expect(reply.status == 400)
            let page = "http://127.0.0.1:\(running.port)/v2/checkout"
            #expect(try await Browser.open("\(page)?token=nobody").status == 404)
            #expect(try await Browser.open("\(page)?token=a&token=b").status == 400)
            #expect(try await Browser.open(page, form: "choice=win").status == 400)
        }
    }

    /// A shop's link to ecommpay's page, signed.
    private func link(_ port: Int, _ parameters: JSON) -> String {
        guard case .object(let members) = parameters.signed(with: Self.secret) else { return "" }
        let query = members.map { member in
            "\(member.key)=\(member.value.string?.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }
        return "http://127.0.0.1:\(port)/payment?\(query.joined(separator: "&"))"
    }

    @Test func `ecommpay's signed page is paid by its form, and known afterwards`() async throws {
        try await RunningSandbox.run { running in
            let parameters: JSON = [
                "project_id": "240", "payment_id": "ORDER 7", "payment_amount": "2035", "payment_currency": "KWD",
                "payment_description": "B&W", "merchant_success_url": "http://shop.example/thanks",
                "merchant_fail_url": "http://shop.example/sorry",
                "merchant_callback_url": .string(try await otherCallbacks(running)),
            ]
            let page = link(running.port, parameters)
            let open = try await Browser.open(page)
            #expect(open.status == 200)
            #expect(open.text.contains("2.035 KWD · ORDER 7"))
            #expect(open.text.contains("B&amp;W"))
            #expect(running.sandbox.counters.created == 0)
            #expect(try await Browser.open(page, form: "choice=pay").location == "http://shop.example/thanks")
            let isReported = try await eventually { running.inbox.all.count == 1 }
            #expect(isReported)
            #expect(running.inbox.all.map(\.path) == ["/callbacks/other"])
            #expect(running.inbox.all.map(\.status) == ["success"])

            let question: JSON = ["general": ["project_id": 240, "payment_id": "ORDER 7"]]
            let text = String(decoding: question.signed(with: Self.secret).bytes, as: UTF8.self)
            #expect(try await running.request("/v2/payment/status", text).body["payment"]?["status"] == "success")
            #expect(try await Browser.open(page).text.contains("It cannot be paid"))

            let other = link(running.port, parameters.with(["payment_id": "ORDER 8"]))
            #expect(try await Browser.open(other, form: "choice=decline").location == "http://shop.example/sorry")
            #expect(try await Browser.open(page.replacing("2035", with: "2036")).text.contains("3261"))
            #expect(try await Browser.open("\(page)&extra=1").status == 400)
            #expect(try await Browser.open("\(page)&general=x").status == 400)
            #expect(try await Browser.open(link(running.port, parameters.without("payment_amount"))).status == 400)
        }
    }

    /// The example of ecommpay's article about signatures, as a browser would send it.
    @Test func `the documented example of a signed page is accepted`() async throws {
        let query =
            "project_id=12345&payment_id=X03936&payment_amount=2035&payment_currency=USD"
            + "&payment_description=Guyliner+purchase&customer_first_name=Jack&customer_id=user007"
            + "&customer_last_name=Sparrow&customer_phone=02081234567&close_on_missclick=true"
            + "&signature=SyA3cx%2FdmFrwjRcpbnwEK9zaklWKR9buIfTctQob%2FEHUTutFLpI0zWpSDFEWEwbZt%2F04i83395RCdEhtUMw83A%3D%3D"
        try await RunningSandbox.run {
            let secret = Secret(name: "test", bytes: Array("secret".utf8))
            $0.accounts = [
                SandboxAccount(
                    name: "sandbox-ecommpay",
                    keys: .ecommpay(projectID: 12345, secret: secret),
                    callbacks: nil
                )
            ]
        } story: { running in
            let page = try await Browser.open("http://127.0.0.1:\(running.port)/payment?\(query)")
            #expect(page.status == 200)
            #expect(page.text.contains("20.35 USD · X03936"))
        }
    }

    @Test(arguments: [(false, true, true), (false, false, true), (true, true, true), (true, false, false)])
    func `only a sandbox that is real makes a payment that is no test`(
        _ isReal: Bool,
        _ isRequestedAsTest: Bool,
        _ isTest: Bool
    ) async throws {
        try await RunningSandbox.run {
            $0.isReal = isReal
        } story: { running in
            let members: KeyValuePairs<String, JSON> = ["test": .bool(isRequestedAsTest)]
            let request = checkout(members, notifying: try await otherCallbacks(running))
            let made = try await running.request("/ctp/api/checkouts", request, authorization: Merchant.credentials)
            let page = try #require(made.body["checkout"]?["redirect_url"]?.string)
            _ = try await Browser.open(page, form: "choice=pay")
            let isReported = try await eventually { running.inbox.all.count == 1 }
            #expect(isReported)
            let body = try JSON(reading: try #require(running.inbox.all.first).body)
            #expect(body["transaction"]?["test"] == .bool(isTest))

            let own = #"{"account":"sandbox-ecomcharge","reference":"own"}"#
            _ = try await running.request("/sandbox/payments", own)
            let isHeardOf = try await eventually { running.inbox.all.count == 2 }
            #expect(isHeardOf)
            let other = try JSON(reading: try #require(running.inbox.all.last).body)
            #expect(other["transaction"]?["test"] == .bool(!isReal))
        }
    }
}
