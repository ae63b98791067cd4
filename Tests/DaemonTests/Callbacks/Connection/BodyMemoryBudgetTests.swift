import ConfigurationFile
import Daemon
import DaemonTestSupport
import TestSupport
import Testing

/// The memory that bodies arriving in pieces may take together, through real sockets.
@Suite(.timeLimit(.minutes(1))) struct BodyMemoryBudgetTests {
    private static let body = String(repeating: "x", count: 800)
    /// A request that is answered, which proves that it arrived, followed by an incomplete one: 1 KiB is held for that.
    private static let stalled = request("GET") + request(body: body).dropLast(200)
    private static let rest = String(body.suffix(200))

    /// The responses to a request that arrives whole, and to a callback that arrives in two pieces behind it.
    private func askInPieces(_ port: Int) async throws -> String {
        let whole = request("POST", "/callbacks/ecp", ["Connection: close"], body: try SignedCallback.ecommpay("EP-1"))
        let (answers, answer) = AsyncStream<String>.makeStream()
        try await RawConnection.open(to: port) { connection in
            try await connection.send(request("GET") + whole.dropLast(40))
            #expect(try await connection.responses(1).first == "405")
            try? await connection.send(String(whole.suffix(40)))  // It may be refused already.
            _ = try await connection.rest()
            answer.yield(connection.received)
        }
        for await text in answers { return text }
        return ""
    }

    /// Whether two bodies can be held: it takes a moment until the end of a connection is noticed.
    private func hasRoomForTwo(_ port: Int) async throws -> Bool {
        let (answers, answer) = AsyncStream<Bool>.makeStream()
        try await RawConnection.open(to: port) { first in
            try await first.send(Self.stalled)
            _ = try await first.responses(1)
            try await RawConnection.open(to: port) { second in
                try await second.send(Self.stalled)
                _ = try await second.responses(1)
                try? await first.send(Self.rest)  // They may be refused already.
                try? await second.send(Self.rest)
                let statuses = try await [first.responses(2), second.responses(2)]
                answer.yield(statuses == [["405", "400"], ["405", "400"]])
            }
        }
        for await isSo in answers { return isSo }
        return false
    }

    @Test func `bodies that stall are held up to a bound, and who comes then is told to come again`() async throws {
        try await RunningDaemon.run {
            $0.limits.body = 1024
            $0.limits.bodies = 0  // Room for two of the largest.
        } story: { daemon in
            for _ in 0..<2 {
                try await RawConnection.open(to: daemon.port) { first in
                    try await first.send(Self.stalled)
                    #expect(try await first.responses(1) == ["405"])
                    try await RawConnection.open(to: daemon.port) { second in
                        try await second.send(Self.stalled)
                        let statuses = try await second.responses(1)
                        #expect(statuses == ["405"])
                        let refused = try await askInPieces(daemon.port)
                        #expect(refused.contains("HTTP/1.1 503 ") && refused.contains("Retry-After: 5"))
                        let whole = request(body: try SignedCallback.ecommpay("EP-2"))
                        let answer = try await RawConnection.ask(daemon.port, whole)
                        #expect(answer.statuses == ["200"], "what comes at once needs nothing of it")
                        try await first.send(Self.rest)
                        #expect(try await first.responses(2) == ["405", "400"], "it had its place")
                        let next = try await askInPieces(daemon.port)
                        #expect(next.contains("HTTP/1.1 200 "), "there is a place again")
                    }
                }
                try await daemon.wait("room for two") { (try? await hasRoomForTwo(daemon.port)) ?? false }
            }
        }
    }
}
