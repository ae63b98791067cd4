import Gateways
import Payments
import Sandbox
import TestSupport
import Testing

/// A flood counts how a real server responds.
@Suite struct FloodTests {
    private static let secret = Secret(name: "flood", bytes: Array("a-secret-of-the-tests".utf8))
    private static let series = CallbackSeries(
        projectID: 240,
        secret: secret,
        at: Timestamp(milliseconds: 1_795_341_601_250)
    )

    private static let ok = ScriptedGateway.Act.answer(200, body: "OK\n")

    /// A flood that measures from its first request.
    private static func flood(_ port: Int, connections: Int = 4, callbacks: Int = 100) -> Flood {
        let target = FloodTarget(host: "127.0.0.1", port: port, path: "/callbacks/shop")
        var flood = Flood(of: series, numbers: 0..<callbacks, to: target)
        flood.connections = connections
        flood.duration = .seconds(60)
        flood.warmUp = .zero
        flood.timeout = .seconds(30)
        return flood
    }

    @Test func `every callback is sent once, and every 200 is an acknowledgement`() async throws {
        try await ScriptedGateway.play { _ in
            Self.ok
        } story: { server in
            let report = try await Self.flood(server.port).run()
            #expect(report.acknowledged == 100)
            #expect(report.end == .usedUp)
            #expect(report.refused.isEmpty && report.failures == 0 && report.connectFailures == 0)
            #expect(report.latencies.max > 0 && report.latencies.p50 <= report.latencies.p999)
            #expect(Set(server.bodies) == Set(try (0..<100).map(Self.series.body)))
        }
    }

    @Test func `other answers are counted by their status`() async throws {
        let report = try await ScriptedGateway.play { number in
            number % 10 == 3 ? .answer(503) : number % 10 == 5 ? .answer(403) : Self.ok
        } story: { server in
            try await Self.flood(server.port).run()
        }
        #expect(report.acknowledged == 80)
        #expect(report.refused == [503: 10, 403: 10])
        #expect(report.failures == 0)
    }

    @Test func `a server that ends each connection after its answer is connected to again`() async throws {
        let report = try await ScriptedGateway.play { _ in
            .answerAndLeave(200, headers: ["Connection: close"], body: "OK\n")
        } story: { server in
            try await Self.flood(server.port).run()
        }
        #expect(report.acknowledged == 100)
        #expect(report.failures == 0)
    }

    @Test(arguments: [ScriptedGateway.Act.leave, .say("220 mail.example.com ESMTP\r\n\r\n")])
    func `a request without a readable answer is a failure and is not sent again`(
        bad: ScriptedGateway.Act
    ) async throws {
        try await ScriptedGateway.play {
            $0 % 5 == 4 ? bad : Self.ok
        } story: { server in
            let report = try await Self.flood(server.port, connections: 1).run()
            #expect(report.acknowledged == 80)
            #expect(report.failures == 20)
            #expect(server.bodies.count == 100)
        }
    }

    @Test func `a connection that is lost before any answer is opened again by and by`() async throws {
        let report = try await ScriptedGateway.play {
            $0 == 0 ? .leave : Self.ok
        } story: { server in
            var flood = Self.flood(server.port, connections: 1, callbacks: 3)
            flood.timeout = .seconds(4)
            return try await flood.run()
        }
        #expect(report.acknowledged == 2)
        #expect(report.failures == 1)
    }

    @Test func `who waits too long for the last answer is a failure`() async throws {
        let report = try await ScriptedGateway.play {
            $0 == 0 ? .beSilent : Self.ok
        } story: { server in
            var flood = Self.flood(server.port, connections: 2)
            flood.timeout = .seconds(3)
            return try await flood.run()
        }
        #expect(report.acknowledged == 99)
        #expect(report.failures == 1)
        #expect(report.end == .usedUp)
    }

    @Test(arguments: [(timeout: 0.1, duration: 60.0), (timeout: 60.0, duration: 0.1)])
    func `a server that never answers is an error`(timeout: Double, duration: Double) async throws {
        let error = await #expect(throws: FloodError.self) {
            try await ScriptedGateway.play { _ in
                .beSilent
            } story: { server in
                var flood = Self.flood(server.port)
                flood.timeout = .seconds(timeout)
                flood.duration = .seconds(duration)
                _ = try await flood.run()
            }
        }
        guard case .silent(_, _, acknowledged: 0) = error else {
            Issue.record("it was \(String(describing: error))")
            return
        }
    }

    @Test func `one who knocks finds out whether anybody listens, and sends nothing`() async throws {
        let gone = try await ScriptedGateway.play { _ in
            Self.ok
        } story: { server in
            try await Self.flood(server.port).knock()
            #expect(server.bodies.isEmpty)
            return server.port
        }
        let error = await #expect(throws: FloodError.self) { try await Self.flood(gone).knock() }
        #expect("\(try #require(error))".contains("127.0.0.1:\(gone)"))
    }

    @Test func `a server that falls silent is an error that says what it had acknowledged`() async throws {
        let error = await #expect(throws: FloodError.self) {
            try await ScriptedGateway.play {
                $0 < 10 ? Self.ok : .beSilent
            } story: { server in
                var flood = Self.flood(server.port)
                flood.timeout = .seconds(3)
                _ = try await flood.run()
            }
        }
        guard case .silent(_, _, acknowledged: 10) = error else {
            Issue.record("it was \(String(describing: error))")
            return
        }
    }

    @Test func `a server that is not there is an error`() async throws {
        let port = try await ScriptedGateway.play { _ in
            .beSilent
        } story: { server in
            server.port
        }
        await #expect(
            throws: FloodError.unreachable(server: "127.0.0.1:\(port)", reason: "Connection refused")
        ) { try await Self.flood(port).run() }
    }

    @Test func `it ends by itself when its time is over`() async throws {
        let report = try await ScriptedGateway.play {
            $0 < 50 ? Self.ok : .beSilent
        } story: { server in
            var flood = Self.flood(server.port)
            flood.duration = .seconds(3)
            return try await flood.run()
        }
        #expect(report.end == .time)
        #expect(report.seconds >= 0.5)
        #expect(report.acknowledged <= 50)
    }

    @Test func `what comes while it warms up is not counted`() async throws {
        let report = try await ScriptedGateway.play { number in
            switch number {
            case ..<5: .answer(503)
            case 5: .answerLate(200, body: "OK\n", after: .milliseconds(900))
            default: Self.ok
            }
        } story: { server in
            var flood = Self.flood(server.port, connections: 1, callbacks: 20)
            flood.warmUp = .seconds(0.5)
            return try await flood.run()
        }
        #expect(report.refused.isEmpty)
        #expect(report.acknowledged == 15)
    }

    @Test func `an interrupted flood has the figures so far`() async throws {
        let (silences, silence) = AsyncStream<Void>.makeStream()
        try await ScriptedGateway.play { number in
            guard number >= 50 else { return Self.ok }
            // When the fourth connection waits, all others wait already.
            if number == 53 { silence.yield() }
            return .beSilent
        } story: { server in
            let flood = Self.flood(server.port)
            try await withThrowingTaskGroup(of: FloodReport?.self) { tasks in
                tasks.addTask { try await flood.run() }
                for await _ in silences { break }
                tasks.cancelAll()
                let report = try #require(try await tasks.next() ?? nil)
                #expect(report.end == .interrupted)
                #expect(report.acknowledged == 50)
            }
        }
    }
}
