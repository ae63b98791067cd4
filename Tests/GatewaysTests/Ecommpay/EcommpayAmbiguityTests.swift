import Gateways
import Payments
import TestSupport
import Testing

/// ecommpay's signed text escapes nothing, so that another body may have the same text (docs/http-api.md).
@Suite struct EcommpayAmbiguityTests {
    private let account: EcommpayAccount

    init() throws {
        account = try EcommpayAccount()
    }

    private func verdict(onDescription text: String) throws -> Verdict? {
        let payment: Body = [
            "id": "order-1", "status": "success", "description": .string(text), "date": "2026-11-22T10:00:00+0000",
        ]
        return try account.verdict(on: Body.ecommpayPayment.with(["payment": payment]))
    }

    @Test(arguments: [
        "Order 17 at Smith &amp; Sons", "A &quot;B: C&quot;", "a;b", ";", "x;", "a;b;c;d", "Fish & Chips: 2 pieces",
        "A &lt;b: 5&gt; &amp; c: 6", "x;Payment:id:1", "x;payments:1", "x;payment", "x;payment;id:1",
        // The line would sort to another place.
        "x;a:1", "x;payer:1", "x;z:1", "x;:", "x;::payment:id:1",
    ])
    func `text that could be nothing else is not ambiguous`(text: String) throws {
        #expect(try verdict(onDescription: text) == .valid)
    }

    @Test(arguments: [
        "x;payment:id:OTHER", "x;payment:extra:1", ";payment:e:", "x;payment:status:success",
        "&amp;payment:description:y",
        "x;operation:status:success", "x;customer:id:1", "x;project_id:240", "x;general:payment_id:y",
        // A line may begin after any of these semicolons.
        "a;b;payment:id:1", "a;payment:id:1;b", "Smith &amp; Sons;payment:id:1;status: good", "x;payment::id:1",
        "x;payment:", "x;status:success",
        // White space is skipped in natural order.
        "x; payment:id:1",
    ])
    func `text behind which a line could begin is ambiguous`(text: String) throws {
        #expect(try verdict(onDescription: text) == .ambiguous)
    }

    static let places: [(body: Body, verdict: Verdict)] = [
        // A key.
        (["payment": ["a;payment:id": 1]], .ambiguous), (["payment": ["a;b": 1]], .valid),
        (["acs": ["a;acs:c": 1]], .ambiguous),
        (["acs": ["a;b": ["payment": 1]]], .ambiguous), (["acs": ["b;a": ["payment": 1]]], .valid),
        // After the last line, any larger line could follow.
        (["transaction": ["x": "a;b:1"]], .valid), (["transaction": ["x": "a;z:1"]], .ambiguous),
        (["transaction": ["x": "a;transaction:y:1"]], .ambiguous),
        // The order may be any of three: natural, by path, by line.
        (["acs": ["1": ["9": "x;acs:1:8"], "10": "x"]], .ambiguous),
        (["acs": ["2": "x;acs:10:1", "9": "y"]], .ambiguous),
        (["acs": ["a": "x;acs:a::1", "a-": "y"]], .ambiguous),
        // Members that are not signed.
        (["payment": ["signature": "x;payment:id:1"]], .valid), (["frame_mode": "x;payment:id:1"], .valid),
        (["acs": ["a": ["frame_mode": ["b": ";payment:id:1"]]]], .valid),
        // A key with a colon at a place that decides: `payment:id::x` may be the value `:x`.
        (["payment": ["id:x": "1"]], .ambiguous), (["operations": [["a:b": "1"]]], .ambiguous),
        (["general": ["x": ["payment_id:": "1"]]], .ambiguous), (["acs": ["id:x": "1"]], .valid),
        (["customer": ["ip_address": "::1"]], .valid),
    ]

    @Test(arguments: places)
    func `a line could begin within any key or scalar that is signed`(line: (body: Body, verdict: Verdict)) throws {
        #expect(try account.verdict(on: line.body) == line.verdict)
    }

    @Test(arguments: [
        "payment_id", "payment_amount", "payment_currency", "customer_id", "customer_phone", "customer_first_name",
        "best_before", "language_code", "merchant_callback_url", "x", "", "Payment", "payment:", "body",
    ])
    func `a member of the root that no callback has makes it ambiguous, if it is signed`(key: String) throws {
        for value in ["1", 1, nil, true, ["a": 1], [1]] as [Body] {
            let member: Body = .object([.init(key: key, value: value)])
            #expect(try account.verdict(on: Body.ecommpayPayment.with(member)) == .ambiguous)
        }
        for value in [[:], [], ["a": [[]]], ["signature": 1]] as [Body] {
            let member: Body = .object([.init(key: key, value: value)])
            #expect(try account.verdict(on: Body.ecommpayPayment.with(member)) == .valid)
        }
    }

    @Test func `every form of a callback has known members alone`() throws {
        let members = [
            "account", "acs", "additional_terminal_data", "AuthCode", "avs_data", "avs_result", "bank", "card",
            "clarification_fields", "company", "customer", "decision", "decision_message", "description",
            "display_data", "errors", "general", "interface_type", "mpi_result", "operation", "operations", "payment",
            "project_id",
            "provider_extra_fields", "qr_code", "receipt_data", "recurring", "recurring_retry", "redirectData",
            "redirect_data", "request", "request_id", "return_url", "rrn", "status", "sum_converted", "sum_real",
            "sum_refund", "sum_request", "threeds2", "token_created_at", "transaction",
        ]
        let more: Body = .object(members.map { .init(key: $0, value: ["x": ["y": "1"]]) })
        let body = more.with(.ecommpayPayment).with(["account": [:], "customer": [:], "recurring": [:], "errors": []])
            .with(["sum_request": ["amount": 1], "sum_real": ["amount": 1], "rrn": "1", "AuthCode": "1"])
            .with(["operations": [["x": 1]]])
        #expect(try account.verdict(on: body) == .valid)
    }

    @Test(
        arguments: [
            ("1", "1", .valid), (1, "1", .valid), ("1", "2", .ambiguous), ("1", nil, .valid), ("1", [:], .valid),
            ("é", "e\u{301}", .ambiguous),
        ] as [(Body, Body, Verdict)]
    )
    func `two names for one payment are ambiguous`(id: Body, other: Body, verdict: Verdict) throws {
        let body: Body = ["payment": ["id": id, "status": "success"], "general": ["payment_id": other]]
        #expect(try account.verdict(on: body) == verdict)
    }

    /// The shop signs these parameters with its key, and shows the buyer what it signed; the buyer typed the phone
    /// number.
    @Test func `what a shop signed for its Payment Page is no callback`() throws {
        let phone = """
            1;operation:id:1;operation:status:success;operation:type:sale;payment:id:X-1;payment:status:success;\
            payment:sum:amount:2035;payment:sum:currency:USD
            """
        let page: Body = [
            "customer_first_name": "A", "customer_id": "7", "customer_phone": .string(phone), "payment_amount": 2035,
            "payment_currency": "USD", "payment_id": "X-1", "project_id": 240,
        ]
        let forged = page.with([
            "customer_phone": "1", "operation": ["id": 1, "status": "success", "type": "sale"],
            "payment": ["id": "X-1", "status": "success", "sum": ["amount": 2035, "currency": "USD"]],
        ])
        #expect(EcommpayAccount.text(of: forged) == EcommpayAccount.text(of: page))
        #expect(try account.verdict(on: forged) == .ambiguous)
        // The same, with the shop's own parameters hidden in a value.
        let hidden: Body = [
            "customer": ["id": "7"], "operation": ["id": 1, "status": "success", "type": "sale"],
            "payment": ["id": "X-1", "status": "success", "zz": "1;payment_amount:2035;payment_id:X-1"],
            "project_id": 240,
        ]
        #expect(try account.verdict(on: hidden) == .ambiguous)
    }

    /// For every re-splitting of a body's signed text: a `valid` body agrees with what was signed in all members that
    /// decide, or what was signed is itself not `valid`.
    ///
    /// The last clause is the gap. If the gateway signed text in which somebody typed `;payment:id:…`, the callback as
    /// received is ambiguous; but anybody who obtains its signature can post the body in which those are members, and
    /// that looks like any other. No check of the body can detect this: `ambiguous: confirm_money` polls the gateway
    /// before it counts.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a valid body says what was signed, or what was signed was ambiguous`(seed: UInt64) throws {
        var chance = SplitMix(seed: seed)
        var authentic = 0
        for _ in 0..<12 {
            let body = RandomCallback.body(using: &chance)
            let text = EcommpayAccount.text(of: body, byLine: Bool.random(using: &chance))
            let signature = EcommpayAccount.signature(of: text)
            let signed = body.with(["signature": .string(signature)])
            guard let original = try? account.gateway.authenticate(Callback(body: signed.bytes)) else {
                Issue.record("not authentic: \(signed.text)")
                continue
            }
            let isClear = try account.verdict(onSigned: signed) == .valid
            let decided = try? account.gateway.decode(original).decided
            for other in RandomCallback.resplittings(of: text, using: &chance) {
                let callback = Callback(body: other.with(["signature": .string(signature)]).bytes)
                guard let proved = try? account.gateway.authenticate(callback) else { continue }
                authentic += 1
                guard let report = try? account.gateway.decode(proved) else { continue }
                guard account.gateway.verdict(on: proved, saying: report) == .valid else { continue }
                #expect(!isClear || report.decided == decided, "\(signed.text)\n\(other.text)")
            }
        }
        #expect(authentic > 100)
    }
}

extension Report {
    /// The values of every member that decides.
    fileprivate var decided: [String?] {
        let amounts = [payment?.amount] + operations.map(\.amount)
        return [payment?.id, payment?.status?.word, payment?.type, payment?.currency]
            + operations.flatMap { [$0.id, $0.type, $0.status.word, $0.currency] }
            + amounts.map { $0.map(String.init) }
    }
}
