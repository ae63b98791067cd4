import DaemonTestSupport
import Foundation
import NIOHTTP1
import ReadAPI
import TestSupport
import Testing

/// The read API of a real daemon, through real sockets.
@Suite(.timeLimit(.minutes(1))) struct ReadAPITests {
    @Test func `payments are rows of the view, and their pages go on where they end`() async throws {
        try await RunningDaemon.run { daemon in
            for number in 1...3 { try await daemon.receive("EP-\(number)", "success") }
            let first = try await AdminAnswer(daemon, "/v1/payments?account=ecp&limit=2")
            #expect(first.status == 200)
            #expect(first.headers["Cache-Control"] == ["no-store"])
            #expect(first.headers["X-Content-Type-Options"] == ["nosniff"])
            #expect(first.headers["Content-Type"] == ["application/json"])
            let rows = try first.rows("payments")
            #expect(rows.map { $0["payment_id"] as? String } == ["EP-3", "EP-2"])
            #expect(rows[0]["amount_minor"] as? Int == 5200)
            #expect(rows[0]["paid"] as? Int == 1)
            #expect(rows[0]["paid_at"] is NSNull)
            let next = try #require(try first.members["next"] as? String)
            let second = try await AdminAnswer(daemon, "/v1/payments?account=ecp&limit=2&before=\(next)")
            #expect(try second.rows("payments").map { $0["payment_id"] as? String } == ["EP-1"])
            #expect(try second.members["next"] is NSNull)
        }
    }

    @Test(arguments: [
        ("/v1/payments?search=EP-1", "payments", 1), ("/v1/payments?search=nobody", "payments", 0),
        ("/v1/payments?reference=EP-1", "payments", 1), ("/v1/payments?state=succeeded&paid=1&test=0", "payments", 1),
        ("/v1/payments?paid=0", "payments", 0), ("/v1/payments?purpose=payout", "payments", 0),
        ("/v1/payments?from=2027-01-15&to=2027-01-16T00:00:00Z", "payments", 1),
        ("/v1/payments?to=2027-01-15", "payments", 0), ("/v1/payments?overdue=1", "payments", 0),
        ("/v1/orders?reference=EP-1", "orders", 1), ("/v1/orders?reference=EP%2D1&account=ecb", "orders", 0),
        ("/v1/entries", "entries", 1), ("/v1/entries?after=1000", "entries", 0),
        ("/v1/transitions?after=1000", "transitions", 0), ("/v1/anomalies", "anomalies", 0),
        ("/v1/anomalies?open=1&severity=alarm&kind=conflict", "anomalies", 0), ("/v1/health", "health", 2),
        ("/v1/targets", "targets", 0),
    ])
    func `each list answers what is asked`(path: String, list: String, count: Int) async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "success")
            let answer = try await AdminAnswer(daemon, path)
            #expect(answer.status == 200, "\(path): \(answer.body)")
            #expect(try answer.rows(list).count == count, "\(path)")
        }
    }

    @Test func `one payment comes with what is known about it`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP/1 é", "success")
            let answer = try await AdminAnswer(daemon, "/v1/payments/ecp/EP%2F1%20%C3%A9")
            #expect(answer.status == 200)
            #expect((try answer.members["payment"] as? [String: Any])?["payment_id"] as? String == "EP/1 é")
            for (list, count) in [("entries", 1), ("callbacks", 1), ("polls", 0), ("anomalies", 0), ("forwards", 0)] {
                #expect(try answer.rows(list).count == count, "\(list)")
            }
            #expect(try !answer.rows("transitions").isEmpty)
            #expect(try answer.rows("callbacks").first?["body"] == nil)
        }
    }

    @Test(arguments: [
        ("/v1/payments?limit=0", 400, "limit must be 1 to 200"),
        ("/v1/payments?limit=201", 400, "limit must be 1 to 200"),
        ("/v1/payments?limit=+5", 400, "limit must be 1 to 200"),
        ("/v1/payments?limit=1&limit=2", 400, "limit is given twice"),
        ("/v1/payments?state=paid", 400, "state must be one of pending"),
        ("/v1/payments?paid=true", 400, "paid must be 0 or 1"),
        ("/v1/payments?from=yesterday", 400, "from must be a UTC time"),
        ("/v1/payments?from=2026-02-30", 400, "from must be a UTC time"),
        ("/v1/payments?before=1", 400, "before must be `next`"),
        ("/v1/payments?search=", 400, "search must be 1 to 300 bytes"),
        ("/v1/payments?search=%FF", 400, "search must be 1 to 300 bytes"),
        ("/v1/payments?search=%00", 400, "search must be 1 to 300 bytes"),
        ("/v1/payments?status=x", 400, "is not known here: use search, reference, account"),
        ("/v1/health?account=ecp", 400, "there are no parameters"),
        ("/v1/orders", 400, "reference is missing"),
        ("/v1/transitions?wait=61s", 400, "wait must be 0s to 60s"),
        ("/v1/transitions?wait=25", 400, "wait must be 0s to 60s"),
        ("/v1/transitions?after=-1", 400, "after must be a number from 0 on"),
        ("/v1/transitions?after=99999999999999999999", 400, "after must be a number from 0 on"),
        ("/v1/payments?account=eu", 404, "there is no account"),
        ("/v1/payments/eu/EP-1", 404, "there is no account"),
        ("/v1/payments/ecp/EP-1", 404, "nothing is known about a payment"),
        ("/openapi.json?x=1", 400, "there are no parameters"),
    ])
    func `what cannot be answered is refused in words`(path: String, status: UInt, words: String) async throws {
        try await RunningDaemon.run { daemon in
            let answer = try await AdminAnswer(daemon, path)
            #expect(answer.status == status, "\(path)")
            #expect(try answer.error.contains(words), "\(path): \(answer.body)")
        }
    }

    @Test func `everything is got and nothing else, by names of this machine`() async throws {
        try await RunningDaemon.run { daemon in
            for endpoint in Endpoint.all {
                let path = endpoint.path.replacing("{account}", with: "ecp").replacing("{payment_id}", with: "EP-1")
                for method in [.POST, .PUT, .DELETE] as [HTTPMethod] {
                    let answer = try await AdminAnswer(daemon, path, method: method)
                    #expect(answer.status == 405, "\(method) \(path)")
                    #expect(answer.headers["Allow"] == ["GET"])
                }
                let text = request("GET", path).replacing("Host: localhost", with: "Host: example.com")
                #expect(try await RawConnection.ask(daemon.adminPort, text).statuses == ["421"], "\(path)")
            }
        }
    }

    @Test func `a gateway's words come as they are, and harm no terminal`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "<b>\u{202E}\u{7F}")
            let answer = try await AdminAnswer(daemon, "/v1/payments")
            #expect(try answer.rows("payments").first?["status"] as? String == "<b>\u{202E}\u{7F}")
            #expect(answer.body.contains(#"\u202e"#))
            #expect(!answer.body.contains("\u{202E}"))
        }
    }
}
