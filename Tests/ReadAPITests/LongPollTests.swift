import DaemonTestSupport
import NIOHTTP1
import Testing

/// `GET /v1/transitions?wait=…` waits for a commit.
@Suite(.timeLimit(.minutes(1))) struct LongPollTests {
    @Test func `a commit answers whoever waits for it`() async throws {
        try await RunningDaemon.run { daemon in
            async let waiting = AdminAnswer(daemon, "/v1/transitions?after=0&wait=50s")
            try await daemon.receive("EP-1", "success")
            let answer = try await waiting
            #expect(answer.status == 200)
            let rows = try answer.rows("transitions")
            #expect(rows.first?["seq"] as? Int == 1)
            #expect(try answer.members["next"] as? Int == rows.last?["seq"] as? Int)
        }
    }

    @Test func `what is there already is answered at once, and nothing after a while`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "success")
            let all = try await AdminAnswer(daemon, "/v1/transitions?after=0&wait=50s")
            let last = try #require(try all.members["next"] as? Int)
            let none = try await AdminAnswer(daemon, "/v1/transitions?after=\(last)&wait=1s")
            #expect(none.status == 200)
            #expect(try none.rows("transitions").isEmpty)
            #expect(try none.members["next"] as? Int == last)
        }
    }

    @Test func `another account's commits do not end the wait`() async throws {
        try await RunningDaemon.run { daemon in
            async let waiting = AdminAnswer(daemon, "/v1/transitions?after=0&wait=2s&account=ecb")
            try await daemon.receive("EP-1", "success")
            let answer = try await waiting
            #expect(try answer.rows("transitions").isEmpty)
            #expect(try answer.members["next"] as? Int ?? 0 > 0, "they need not be looked at again")
        }
    }

    @Test func `one after the other waits, on connections that the answers close`() async throws {
        try await RunningDaemon.run { daemon in
            for _ in 0..<20 {
                let answer = try await AdminAnswer(daemon, "/v1/transitions?wait=1ms")
                #expect(answer.status == 200 && answer.headers["Connection"] == ["close"])
            }
        }
    }

    @Test func `a daemon that stops ends the wait`() async throws {
        try await RunningDaemon.run { daemon in
            async let waiting = AdminAnswer(daemon, "/v1/transitions?wait=60s")
            try await daemon.receive("EP-1", "success")
            _ = try await waiting
            async let another = AdminAnswer(daemon, "/v1/transitions?after=1000&wait=50s")
            try await Task.sleep(for: .seconds(1))
            await daemon.stop()
            #expect(try await another.status == 200)
        }
    }
}
