import Delivery
import Gateways
import Ledger
import LosslessJSON
import Payments
import Testing

@Suite struct StandardWebhookTests {
    /// "sign function works" in libraries/javascript/src/webhook.test.ts of
    /// https://github.com/standard-webhooks/standard-webhooks; the secret there is
    /// whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.
    @Test func `the signature is that of the specification's own libraries`() {
        let key: [UInt8] = [
            0x31, 0xF2, 0x90, 0xF6, 0xBF, 0x06, 0x29, 0x8A, 0xAB, 0x4F, 0x08, 0xD4, 0x3C, 0x3F, 0x08, 0x2C, 0xF6, 0x48,
            0xA3, 0x62, 0xDA, 0x2D, 0xA4, 0xB0,
        ]
        let signature = StandardWebhook.signature(
            of: Array(#"{"test": 2432232314}"#.utf8),
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            seconds: 1_614_265_330,
            secret: Secret(name: "test", bytes: key)
        )
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    private func event(isPaid: Bool = true, reference: String? = nil, isTest: Bool? = nil) -> PaymentEvent {
        PaymentEvent(
            seq: 17,
            account: "eu-shop",
            paymentID: "ORDER \"17\"\u{1}é",
            reference: reference,
            fromState: nil,
            toState: "partially_refunded",
            isPaid: isPaid,
            amountMinor: 5200,
            capturedMinor: 5200,
            refundedMinor: 1000,
            balanceMinor: 4200,
            movedMinor: -1000,
            currency: "EUR",
            isTest: isTest,
            source: "callback",
            evidenceID: "callback:9",
            recordedAt: Timestamp(milliseconds: 1_763_805_601_250)
        )
    }

    @Test func `an event has the members of the document, in their order`() throws {
        let text = String(decoding: event(reference: "cart-1", isTest: false).json, as: UTF8.self)
        let members = [
            #"{"type":"payment.partially_refunded","seq":17,"account":"eu-shop","payment_id":"ORDER \"17\"\u0001é""#,
            #""reference":"cart-1","from_state":null,"to_state":"partially_refunded","paid":true,"amount_minor":5200"#,
            #""captured_minor":5200,"refunded_minor":1000,"balance_minor":4200,"moved_minor":-1000,"currency":"EUR""#,
            #""test":false,"source":"callback","evidence_id":"callback:9","recorded_at":"2025-11-22T10:00:01.250Z"}"#,
        ]
        #expect(text == members.joined(separator: ","))
        #expect(throws: Never.self) { try Document(Array(text.utf8)) }
    }

    @Test func `what is not known is null, and no flag is a number`() {
        let text = String(decoding: event(isPaid: false).json, as: UTF8.self)
        #expect(text.contains(#""reference":null,"#))
        #expect(text.contains(#""test":null,"#))
        #expect(text.contains(#""paid":false,"#))
    }

    @Test func `the id is the same for each attempt, and the time is that of the attempt`() {
        let secret = Secret(name: "test", bytes: [1, 2, 3])
        let headers = [1_763_805_700_999, 1_763_805_799_000].map { now in
            StandardWebhook.headers(for: event(), body: [], secret: secret, at: Timestamp(milliseconds: now))
        }
        let values = headers.map { $0.map(\.value) }
        let names = headers.map { $0.map(\.name) }
        #expect(names.allSatisfy { $0 == ["webhook-id", "webhook-timestamp", "webhook-signature"] })
        #expect(values.map { $0[0] } == ["evt_17_1763805601250", "evt_17_1763805601250"])
        #expect(values.map { $0[1] } == ["1763805700", "1763805799"])
        #expect(values[0][2] != values[1][2])
    }
}
