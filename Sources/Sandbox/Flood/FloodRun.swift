import NIOCore
import NIOPosix
import UnixSignals

/// The run of one flood. It is confined to one event loop, so it needs no locks.
final class FloodRun {
    private enum Phase {
        /// Nothing is sent before every connection is open.
        case connecting
        case warmingUp
        case measuring(since: NIODeadline)
        case ended
    }

    private let flood: Flood
    private let source: SocketAddress?
    private let address: SocketAddress
    private let loop: any EventLoop
    private let finished: EventLoopPromise<FloodReport>
    private var requests: FloodRequests
    private var phase = Phase.connecting
    private var tally = FloodTally()
    private var connections: [ObjectIdentifier: FloodConnection] = [:]
    private var opening = 0
    private var unanswered = 0
    private var lastAnswer: NIODeadline?
    private var beganAt = NIODeadline.now()
    private var nextLook: Scheduled<Void>?
    private var nextPhase: Scheduled<Void>?

    init(
        of flood: Flood,
        _ requests: FloodRequests,
        from source: SocketAddress?,
        to address: SocketAddress,
        on loop: any EventLoop,
        _ finished: EventLoopPromise<FloodReport>
    ) {
        self.flood = flood
        self.requests = requests
        self.source = source
        self.address = address
        self.loop = loop
        self.finished = finished
    }

    func start() {
        guard !hasEnded else { return }
        reopen()
        watch()
    }

    func end(_ end: FloodReport.End) {
        switch phase {
        case .connecting, .warmingUp: finish(.success(FloodTally().report(end: end, seconds: 0)))
        case .measuring(let start):
            let now = NIODeadline.now()
            // A server that has never answered is not just slow.
            guard lastAnswer != nil || end != .time else { return fail(silence(at: now)) }
            finish(.success(tally.report(end: end, seconds: (now - start).seconds)))
        case .ended: return
        }
    }

    private var hasEnded: Bool {
        switch phase {
        case .ended: true
        case .connecting, .warmingUp, .measuring: false
        }
    }
}

// Called by connections.
extension FloodRun {
    func opened(_ connection: FloodConnection) {
        opening -= 1
        guard !hasEnded else { return connection.close() }
        connections[ObjectIdentifier(connection)] = connection
        switch phase {
        case .connecting: if connections.count == flood.connections { begin() }
        case .warmingUp, .measuring: connection.sendRequest()
        case .ended: return
        }
    }

    /// Sends the next request on a connection that got its response.
    func goesOn(_ connection: FloodConnection) {
        guard flood.pause > .zero else { return connection.sendRequest() }
        loop.assumeIsolated().scheduleTask(in: TimeAmount(flood.pause)) { connection.sendRequest() }
    }

    func nextRequest() -> ByteBuffer? {
        guard !hasEnded else { return nil }
        guard let request = requests.next() else {
            if unanswered == 0 { end(.usedUp) }
            return nil
        }
        unanswered += 1
        return request
    }

    func answered(_ status: Int, at now: NIODeadline, after wait: TimeAmount) {
        unanswered -= 1
        lastAnswer = now
        tally.count(status: status, microseconds: UInt64(max(0, wait.nanoseconds / 1000)))
    }

    func closed(_ connection: FloodConnection) {
        connections[ObjectIdentifier(connection)] = nil
        switch phase {
        case .connecting: return fail(.unreachable(server: server, reason: "one was closed before anything was sent"))
        case .warmingUp, .measuring: break
        case .ended: return
        }
        if connection.sentAt != nil {
            unanswered -= 1
            tally.countFailure()
        }
        // A server that closes without a response is tried again at the next check, not in a tight loop.
        if connection.wasAnswered { reopen() }
    }
}

// The course of the run.
extension FloodRun {
    private func begin() {
        beganAt = .now()
        if flood.warmUp > .zero {
            phase = .warmingUp
            nextPhase = schedule(in: flood.warmUp) { $0.measure() }
        } else {
            measure()
        }
        for connection in connections.values { connection.sendRequest() }
    }

    private func measure() {
        guard !hasEnded else { return }
        tally = FloodTally()
        phase = .measuring(since: .now())
        nextPhase = schedule(in: flood.duration) { $0.end(.time) }
    }

    /// Checks from time to time for connections that have waited too long, and reopens lost ones.
    private func watch() {
        nextLook = schedule(in: flood.timeout / 8) { course in
            guard !course.hasEnded else { return }
            course.look(at: .now())
            course.watch()
        }
    }

    private func look(at now: NIODeadline) {
        let timeout = TimeAmount(flood.timeout)
        switch phase {
        case .connecting, .ended: return  // Connecting has a timeout of its own.
        case .warmingUp, .measuring: break
        }
        let isSilent = now - (lastAnswer ?? beganAt) > timeout
        // A connection that waits for the response to the very last request counts as a failure instead.
        guard !isSilent || (requests.isEmpty && lastAnswer != nil) else { return fail(silence(at: now)) }
        for connection in connections.values {
            guard let sentAt = connection.sentAt, now - sentAt > timeout else { continue }
            connection.close()
        }
        if requests.isEmpty, unanswered == 0 { return end(.usedUp) }
        reopen()
    }

    private func reopen() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let client = ClientBootstrap(group: loop)
        let bootstrap = (source.map { client.bind(to: $0) } ?? client)
            .connectTimeout(TimeAmount(flood.timeout))
            // A response is one read: another would find nothing.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FloodConnection(course: bound.value))
                }
            }
        for _ in 0..<max(0, flood.connections - connections.count - opening) {
            opening += 1
            bootstrap.connect(to: address).assumeIsolated().whenFailure { error in bound.value.notOpened(error) }
        }
    }

    private func notOpened(_ error: any Error) {
        opening -= 1
        switch phase {
        case .connecting:
            fail(.unreachable(flood.target, error))
        case .warmingUp, .measuring: tally.countConnectFailure()
        case .ended: return
        }
    }

    private var server: String { flood.target.authority }

    private func silence(at now: NIODeadline) -> FloodError {
        let waited = now - (lastAnswer ?? beganAt)
        return .silent(server: server, waited: Duration(waited), acknowledged: tally.acknowledged)
    }

    private func schedule(in delay: Duration, _ work: @escaping (FloodRun) -> Void) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [self] in work(self) }
    }

    private func fail(_ error: FloodError) {
        finish(.failure(error))
    }

    private func finish(_ result: Result<FloodReport, any Error>) {
        phase = .ended
        nextLook?.cancel()
        nextPhase?.cancel()
        for connection in connections.values { connection.close() }
        finished.completeWith(result)
    }
}

extension TimeAmount {
    fileprivate var seconds: Double { Double(nanoseconds) / 1e9 }
}

/// Runs work that SIGINT and SIGTERM cancel; how it handles that is up to the work.
package func interruptible<Output: Sendable>(
    _ work: @escaping @Sendable () async throws -> Output
) async throws -> Output {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    return try await withThrowingTaskGroup(of: Output?.self) { tasks in
        tasks.addTask { try await work() }
        tasks.addTask {
            for await _ in signals { break }
            return nil
        }
        while let output = try await tasks.next() {
            tasks.cancelAll()
            if let output { return output }
        }
        throw CancellationError()
    }
}
