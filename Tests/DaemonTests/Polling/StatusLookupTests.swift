import Daemon
import Gateways
import Payments
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct StatusLookupTests {
    private struct NotNow: Error {}

    /// A clock that advances by one each time it is read.
    private final class Counter: Sendable {
        private let count = Mutex<Int64>(0)

        var value: Int64 { count.withLock(\.self) }

        func next() -> Int64 {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    private static let root = #"{"transaction":{"uid":"u","type":"payment","status":"successful","amount":5}}"#

    private let permits = Counter()
    private let seconds = Counter()

    private func lookup(_ gateway: any Gateway, _ client: GatewayClient) -> StatusLookup {
        StatusLookup(gateway, client: client, now: { [seconds] in Timestamp(milliseconds: seconds.next() * 1000) })
    }

    /// Polls an eComCharge gateway that follows a script.
    private func ask(
        _ acts: ScriptedGateway.Act...,
        remembered: String? = nil,
        then check: (PollAttempt, ScriptedGateway) throws -> Void
    ) async throws {
        try await ScriptedGateway.play(acts) { gateway in
            let client = GatewayClient(version: "1")
            let attempt = try await lookup(gateway.ecomcharge(), client)
                .poll(.payment(id: "u"), method: nil, remembered: remembered) { _ = permits.next() }
            await client.shutdown()
            try check(#require(attempt), gateway)
        }
    }

    @Test func `what one endpoint does not know the next may`() async throws {
        try await ask(.answer(404), .answer(200, body: Self.root)) { attempt, gateway in
            #expect(gateway.lines == ["GET /gateway/transactions/u", "GET /api/beyag/payments/u"])
            #expect(permits.value == 1)
            #expect(attempt.endpoint == "beyag/payments")
            #expect(attempt.httpStatus == 200)
            #expect(attempt.body == Array(Self.root.utf8))
            #expect(attempt.detail == nil)
            // These are the times of the request that decided, not of the first.
            #expect(
                [attempt.askedAt, attempt.answeredAt] == [Timestamp(milliseconds: 3000), Timestamp(milliseconds: 4000)]
            )
            guard case .report(let report) = attempt.result else {
                Issue.record("it was not read")
                return
            }
            #expect(report.payment?.id == "u")
        }
    }

    @Test func `the endpoint that knew the last time is asked first`() async throws {
        try await ask(.answer(200, body: Self.root), remembered: "beyag/transactions") { attempt, gateway in
            #expect(gateway.lines == ["GET /api/beyag/transactions/u"])
            #expect(attempt.endpoint == "beyag/transactions")
        }
    }

    @Test func `what no endpoint knows is not found`() async throws {
        try await ask(.answer(404)) { attempt, gateway in
            #expect(gateway.lines.count == 3)
            #expect(permits.value == 2)
            #expect(attempt.result == .notFound)
            #expect(attempt.endpoint == "beyag/transactions")
            #expect(attempt.httpStatus == 404)
            #expect(attempt.detail == nil)
        }
    }

    static let verdicts: [(act: ScriptedGateway.Act, result: StatusResult, retryAfter: Duration?, detail: String)] = [
        (.answer(429, headers: ["Retry-After: 60"]), .rateLimited, .seconds(60), "the gateway is polled too often"),
        (.answer(429), .rateLimited, nil, "the gateway is polled too often"),
        (.answer(503, headers: ["Retry-After: 86400"]), .unavailable, .seconds(3600), "HTTP status 503"),
        (.answer(503, headers: ["Retry-After: soon"]), .unavailable, nil, "HTTP status 503"),
        (.answer(302, headers: ["Location: /x"]), .unavailable, nil, "it redirects, which is not followed"),
        (.answer(418), .undecodable("HTTP status 418"), nil, "HTTP status 418"),
        (.answer(200, body: "<html>"), .unavailable, nil, "the answer is not JSON, but some other page"),
        (.answer(200, body: "{"), .undecodable("the body is not JSON"), nil, "the body is not JSON"),
        (
            .answer(200, body: root.replacing(#""u""#, with: #""v""#)), .foreign, nil,
            "the answer is about another account or payment"
        ),
    ]

    @Test(arguments: verdicts)
    func `any answer but a refusal decides`(
        line: (act: ScriptedGateway.Act, result: StatusResult, retryAfter: Duration?, detail: String)
    ) async throws {
        try await ask(.answer(404), line.act) { attempt, gateway in
            #expect(gateway.lines.count == 2)
            #expect(attempt.result == line.result)
            #expect(attempt.retryAfter == line.retryAfter)
            #expect(attempt.detail == line.detail)
            #expect(attempt.answeredAt != nil)
        }
    }

    /// The answers of the three services, the one that counts, and its result.
    static let refusals: [(statuses: [Int], endpoint: String, result: StatusResult)] = [
        ([404, 404, 404], "beyag/transactions", .notFound),
        ([401, 401, 401], "transactions", .unauthorized),
        ([403, 403, 403], "transactions", .unauthorized),
        // One accepted our credentials, so the secret is right.
        ([404, 401, 403], "transactions", .notFound), ([401, 401, 404], "beyag/transactions", .notFound),
        ([400, 404, 422], "beyag/payments", .notFound),
        ([400, 401, 422], "beyag/payments", .unauthorized),
        ([422, 400, 422], "transactions", .undecodable("HTTP status 422")),
    ]

    @Test(arguments: refusals)
    func `where all refuse, that one counts which says most of the payment`(
        line: (statuses: [Int], endpoint: String, result: StatusResult)
    ) async throws {
        let acts = line.statuses.map { ScriptedGateway.Act.answer($0) }
        try await ask(acts[0], acts[1], acts[2]) { attempt, gateway in
            #expect(gateway.lines.count == 3)
            #expect(permits.value == 2)
            #expect(attempt.endpoint == line.endpoint)
            #expect(attempt.result == line.result)
        }
    }

    @Test(arguments: [400, 401, 403, 404, 422])
    func `one service that refuses does not silence the others`(status: Int) async throws {
        try await ask(.answer(status), .answer(200, body: Self.root)) { attempt, gateway in
            #expect(gateway.lines.count == 2)
            #expect(attempt.endpoint == "beyag/payments")
            #expect(attempt.httpStatus == 200)
        }
    }

    @Test func `what was left out of an answer is told`() async throws {
        let body = Self.root.replacing("\"amount\"", with: "\"message\":[],\"amount\"")
        try await ask(.answer(200, body: body)) { attempt, _ in
            #expect(attempt.detail == "left out: transaction.message")
        }
    }

    @Test func `a status request has no Content-Type, without a body`() async throws {
        try await ask(.answer(200, body: Self.root)) { _, gateway in
            #expect(gateway.received.allSatisfy { !$0.lowercased().contains("content-type") })
        }
    }

    @Test func `without an answer the gateway is unavailable, in words`() async throws {
        try await ask(.leave) { attempt, _ in
            #expect(attempt.result == .unavailable)
            #expect(attempt.detail == "the connection broke before the answer was complete")
            #expect(attempt.endpoint == "transactions")
            #expect(attempt.askedAt == Timestamp(milliseconds: 1000))
            #expect(attempt.answeredAt == nil)
            #expect(attempt.httpStatus == nil)
            #expect(attempt.body == nil)
        }
    }

    @Test func `an answer that is too large is the payment's trouble, not the gateway's`() async throws {
        try await ask(.answer(200, body: String(repeating: " ", count: 300_000))) { attempt, _ in
            #expect(attempt.result == .undecodable("the answer is larger than 256 KiB"))
            #expect(attempt.body == nil)
        }
    }

    @Test func `ecommpay's not found is asked once, whatever its HTTP status`() async throws {
        try await ScriptedGateway.play([.answer(404, body: #"{"errors":[{"code":"3061"}]}"#)]) { gateway in
            let client = GatewayClient(version: "1")
            let attempt = try await lookup(gateway.ecommpay(), client)
                .poll(.payment(id: "u"), method: nil, remembered: nil) {}
            await client.shutdown()
            #expect(attempt?.result == .notFound)
            #expect(gateway.lines == ["POST /v2/payment/status"])
        }
    }

    @Test func `without a permit no other endpoint is asked`() async throws {
        try await ScriptedGateway.play([.answer(404)]) { gateway in
            let client = GatewayClient(version: "1")
            let lookup = try lookup(gateway.ecomcharge(), client)
            await #expect(throws: NotNow.self) {
                try await lookup.poll(.payment(id: "u"), method: nil, remembered: nil) { throw NotNow() }
            }
            await client.shutdown()
            #expect(gateway.lines.count == 1)
        }
    }

    @Test func `what a gateway cannot be asked about needs no permit`() async throws {
        try await ScriptedGateway.play([.leave]) { gateway in
            let client = GatewayClient(version: "1")
            let attempt = try await lookup(gateway.ecommpay(), client)
                .poll(.operation(id: "1"), method: nil, remembered: nil) { throw NotNow() }
            await client.shutdown()
            #expect(attempt == nil)
            #expect(gateway.lines.isEmpty)
        }
    }
}
