import Gateways
import Ledger
import Payments
import TestSupport
import Testing

/// Bodies with what one engine could store and another one not: each engine says the same of them.
@Suite struct HostileBodyTests {
    struct Line: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Members of `payment`, after its id and its status.
        var members = #""sum":{"amount":5200,"currency":"EUR"}"#
        var id = "EP-1"
        var status = "success"
        /// Members beside `payment`.
        var others = #""project_id":77"#
        /// The effect, the payment that was found and what is wrong.
        let callback: String
        /// The payments, with their states and amounts.
        let payments: [String]

        var body: String {
            #"{\#(others),"payment":{"id":"\#(id)","status":"\#(status)",\#(members)}}"#
        }
    }

    private static func sum(_ amount: String) -> String { #""sum":{"amount":\#(amount),"currency":"EUR"}"# }

    static let lines = [
        Line(testDescription: "nothing odd", callback: "applied EP-1 -", payments: ["EP-1 succeeded 5200"]),
        Line(
            testDescription: "U+0000 in the payment's id",
            id: #"E\u0000P"#,
            callback: "undecodable - payment.id holds the character U+0000",
            payments: []
        ),
        Line(
            testDescription: "U+0000 in the status",
            status: #"success\u0000"#,
            callback: "undecodable EP-1 payment.status holds the character U+0000",
            payments: ["EP-1 unknown -"]
        ),
        Line(
            testDescription: "U+0000 in a text that decides nothing",
            members: sum("5200") + #","method":"\u0000card""#,
            callback: "undecodable EP-1 payment.method holds the character U+0000",
            payments: ["EP-1 unknown -"]
        ),
        Line(
            testDescription: "U+0000 in what nobody reads",
            others: #""project_id":77,"interface":{"comment":"\u0000"}"#,
            callback: "applied EP-1 -",
            payments: ["EP-1 succeeded 5200"]
        ),
        Line(
            testDescription: "U+FFFD, U+FFFF and what is beyond 16 bits",
            id: "E\u{FFFD}\u{FFFF}🧾",
            callback: "applied E\u{FFFD}\u{FFFF}🧾 -",
            payments: ["E\u{FFFD}\u{FFFF}🧾 succeeded 5200"]
        ),
        Line(
            testDescription: "2^63 - 1",
            members: sum("9223372036854775807"),
            callback: "applied EP-1 -",
            payments: ["EP-1 succeeded 9223372036854775807"]
        ),
        Line(
            testDescription: "2^63",
            members: sum("9223372036854775808"),
            callback: "undecodable EP-1 payment.sum.amount does not fit into 64 bits",
            payments: ["EP-1 unknown -"]
        ),
        Line(
            testDescription: "-2^63",
            members: sum("-9223372036854775808"),
            callback: "applied EP-1 -",
            payments: ["EP-1 succeeded -9223372036854775808"]
        ),
        Line(
            testDescription: "256 KiB",
            others: #""filler":""# + String(repeating: "é", count: 128 << 10) + "\"",
            callback: "applied EP-1 -",
            payments: ["EP-1 succeeded 5200"]
        ),
    ]

    @Test(arguments: lines)
    func `the same verdict, effect and payment on each engine`(_ line: Line) async throws {
        let bench = try LedgerBench()
        let content: ReceivedCallback.Content
        do {
            content = .report(try Ecommpay.decode(provenBefore: Array(line.body.utf8)))
        } catch {
            content = .undecodable("\(error)", naming: error.mention)
        }
        try await bench.record(content, line.body)
        #expect(try bench.rows("SELECT effect, payment_id, detail FROM callbacks") == [line.callback])
        #expect(try bench.rows("SELECT payment_id, state, amount_minor FROM payments") == line.payments)
        #expect(try bench.rows("SELECT length(body) FROM callbacks") == ["\(line.body.utf8.count)"])
        #expect(try await bench.record(content, line.body).isDuplicate)
    }
}
