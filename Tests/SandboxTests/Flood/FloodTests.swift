import Gateways
import Payments
import Sandbox
import Testing

/// A flood counts how a real server responds.
@Suite struct FloodTests {
    private static let secret = Secret(name: "flood", bytes: Array("a-secret-of-the-tests".utf8))
    private static let series = CallbackSeries(
        projectID: 240,
        secret: secret,
        at: Timestamp(milliseconds: 1_795_341_601_250)
    )

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
        try await ScriptedServer.run { _ in
            .status(200)
        } story: { port, server in
            let report = try await Self.flood(port).run()
            #expect(report.acknowledged == 100)
            #expect(report.end == .usedUp)
            #expect(report.refused.isEmpty && report.failures == 0 && report.connectFailures == 0)
            #expect(report.latencies.max > 0 && report.latencies.p50 <= report.latencies.p999)
            #expect(Set(server.bodies) == Set(try (0..<100).map(Self.series.body)))
        }
    }

    @Test func `other answers are counted by their status`() async throws {
        let report = try await ScriptedServer.run { number in
            number % 10 == 3 ? .status(503) : number % 10 == 5 ? .status(403) : .status(200)
        } story: { port, _ in
            try await Self.flood(port).run()
        }
        #expect(report.acknowledged == 80)
        #expect(report.refused == [503: 10, 403: 10])
        #expect(report.failures == 0)
    }

    @Test func `a server that ends each connection after its answer is connected to again`() async throws {
        let report = try await ScriptedServer.run { _ in
            .last
        } story: { port, _ in
            try await Self.flood(port).run()
        }
        #expect(report.acknowledged == 100)
        #expect(report.failures == 0)
    }

    @Test(arguments: [ScriptedServer.Answer.hangUp, .rubbish])
    func `a request without a readable answer is a failure and is not sent again`(
        bad: ScriptedServer.Answer
    ) async throws {
        try await ScriptedServer.run {
            $0 % 5 == 4 ? bad : .status(200)
        } story: { port, server in
            let report = try await Self.flood(port, connections: 1).run()
            #expect(report.acknowledged == 80)
            #expect(report.failures == 20)
            #expect(server.bodies.count == 100)
        }
    }

    @Test func `a connection that is lost before any answer is opened again by and by`() async throws {
        let report = try await ScriptedServer.run {
            $0 == 0 ? .hangUp : .status(200)
        } story: { port, _ in
            var flood = Self.flood(port, connections: 1, callbacks: 3)
            flood.timeout = .seconds(4)
            return try await flood.run()
        }
        #expect(report.acknowledged == 2)
        #expect(report.failures == 1)
    }

    @Test func `who waits too long for the last answer is a failure`() async throws {
        let report = try await ScriptedServer.run {
            $0 == 0 ? .silence : .status(200)
        } story: { port, _ in
            var flood = Self.flood(port, connections: 2)
            flood.timeout = .seconds(0.5)
            return try await flood.run()
        }
        #expect(report.acknowledged == 99)
        #expect(report.failures == 1)
        #expect(report.end == .usedUp)
    }

    @Test(arguments: [(timeout: 0.1, duration: 60.0), (timeout: 60.0, duration: 0.1)])
    func `a server that never answers is an error`(timeout: Double, duration: Double) async throws {
        let error = await #expect(throws: FloodError.self) {
            try await ScriptedServer.run { _ in
                .silence
            } story: { port, _ in
                var flood = Self.flood(port)
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
        let gone = try await ScriptedServer.run { _ in
            .status(200)
        } story: { port, server in
            try await Self.flood(port).knock()
            #expect(server.bodies.isEmpty)
            return port
        }
        let error = await #expect(throws: FloodError.self) { try await Self.flood(gone).knock() }
        #expect("\(try #require(error))".contains("127.0.0.1:\(gone)"))
    }

    @Test func `a server that falls silent is an error that says what it had acknowledged`() async throws {
        let error = await #expect(throws: FloodError.self) {
            try await ScriptedServer.run {
                $0 < 10 ? .status(200) : .silence
            } story: { port, _ in
                var flood = Self.flood(port)
                flood.timeout = .seconds(0.5)
                _ = try await flood.run()
            }
        }
        guard case .silent(_, _, acknowledged: 10) = error else {
            Issue.record("it was \(String(describing: error))")
            return
        }
    }

    @Test func `a server that is not there is an error`() async throws {
        let port = try await ScriptedServer.run { _ in
            .silence
        } story: { port, _ in
            port
        }
        await #expect(
            throws: FloodError.unreachable(server: "127.0.0.1:\(port)", reason: "Connection refused")
        ) { try await Self.flood(port).run() }
    }

    @Test func `it ends by itself when its time is over`() async throws {
        let report = try await ScriptedServer.run {
            $0 < 50 ? .status(200) : .silence
        } story: { port, _ in
            var flood = Self.flood(port)
            flood.duration = .seconds(0.5)
            return try await flood.run()
        }
        #expect(report.end == .time)
        #expect(report.seconds >= 0.5)
        #expect(report.acknowledged <= 50)
    }

    @Test func `what comes while it warms up is not counted`() async throws {
        let report = try await ScriptedServer.run { number in
            number < 5 ? .status(503) : .status(200, afterMilliseconds: number == 5 ? 900 : 0)
        } story: { port, _ in
            var flood = Self.flood(port, connections: 1, callbacks: 20)
            flood.warmUp = .seconds(0.5)
            return try await flood.run()
        }
        #expect(report.refused.isEmpty)
        #expect(report.acknowledged == 15)
    }

    @Test func `an interrupted flood has the figures so far`() async throws {
        let (silences, silence) = AsyncStream<Void>.makeStream()
        try await ScriptedServer.run { number in
            guard number >= 50 else { return .status(200) }
            // When the fourth connection waits, all others wait already.
            if number == 53 { silence.yield() }
            return .silence
        } story: { port, _ in
            let flood = Self.flood(port)
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
