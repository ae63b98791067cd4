import Daemon
import Ledger
import Payments
import Testing

/// Accepted instructions, and the errors for the rest; through the fields, as the rows of a CSV file have them.
@Suite struct InstructionRequestTests {
    @Test func `a watched payment may carry all that is expected of it`() throws {
        let request = try InstructionRequest(
            .watch,
            [
                "account": .text("ecp"), "payment_id": .text("EP 1"), "reference": .text("order-9"),
                "amount_minor": .text("5200"), "currency": .text("EUR"),
            ]
        )
        let expectation = Expectation(reference: "order-9", amount: 5200, currency: "EUR")
        #expect(
            request
                == InstructionRequest(account: "ecp", name: .paymentID("EP 1"), command: .watch(expectation))
        )
    }

    @Test(arguments: [
        ("9223372036854775807", Int64.max), ("0", 0), ("0052", 52),
    ])
    func `an amount is whole minor units, as a number or in digits`(_ digits: String, _ amount: Int64) throws {
        for field in [InstructionRequest.Field.number(digits), .text(digits)] {
            let request = try InstructionRequest(
                .watch,
                ["account": .text("a"), "payment_id": .text("p"), "amount_minor": field]
            )
            #expect(request.command == .watch(Expectation(amount: amount)))
        }
    }

    @Test(arguments: ["52.00", "-1", "+1", "1e2", "", " 1", "9223372036854775808", "٥"])
    func `what is no whole number of minor units is refused`(_ digits: String) {
        #expect(Self.refused(.watch, ["payment_id": .text("p"), "amount_minor": .text(digits)]) == "amount_minor")
    }

    @Test(arguments: ["eur", "EU", "EURO", "€UR", ""])
    func `a currency is three capital letters`(_ letters: String) {
        #expect(Self.refused(.watch, ["payment_id": .text("p"), "currency": .text(letters)]) == "currency")
    }

    @Test(arguments: ["", " p", "p\n", "a\u{0}b", String(repeating: "x", count: 1021)])
    func `a name that nothing would be found by is refused`(_ id: String) {
        #expect(Self.refused(.poll, ["token": .text(id)]) == "token")
        #expect(Self.refused(.watch, ["token": .text("t"), "reference": .text(id)]) == "reference")
    }

    @Test func `null means not said, and another type is refused`() throws {
        let request = try InstructionRequest(.poll, ["account": .text("a"), "uid": .text("u"), "token": .null])
        #expect(request.name == .uid("u"))
        #expect(Self.refused(.poll, ["payment_id": .number("1")]) == "payment_id")
        #expect(Self.refused(.poll, ["payment_id": .other]) == "payment_id")
    }

    @Test func `one thing is named, by a key that means something`() {
        #expect(throws: APIError.missingName(.poll)) {
            try InstructionRequest(.poll, ["account": .text("a")])
        }
        #expect(throws: APIError.severalNames([.uid, .token])) {
            try InstructionRequest(.watch, ["account": .text("a"), "token": .text("t"), "uid": .text("u")])
        }
        #expect(throws: APIError.missingAccount) {
            try InstructionRequest(.watch, ["token": .text("t")])
        }
        #expect(throws: APIError.unknownKey("subscription_id", known: InstructionRequest.keys(of: .watch))) {
            try InstructionRequest(.watch, ["account": .text("a"), "subscription_id": .text("sbs_1")])
        }
        #expect(throws: APIError.unknownKey("amount_minor", known: InstructionRequest.keys(of: .poll))) {
            try InstructionRequest(.poll, ["account": .text("a"), "uid": .text("u"), "amount_minor": .text("1")])
        }
    }

    /// The key that is reported as unusable.
    private static func refused(
        _ verb: InstructionRequest.Verb,
        _ fields: [String: InstructionRequest.Field]
    ) -> String? {
        do {
            _ = try InstructionRequest(verb, fields.merging(["account": .text("a")]) { $1 })
            return nil
        } catch {
            guard case .unusable(let key, _) = error else { return nil }
            return key
        }
    }
}
