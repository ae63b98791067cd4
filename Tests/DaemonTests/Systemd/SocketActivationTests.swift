import ConfigurationFile
import Daemon
import DaemonTestSupport
import Glibc
import Ledger
import NIOCore
import Synchronization
import TestSupport
import Testing

/// The public listener on passed sockets.
@Suite(.timeLimit(.minutes(1))) struct SocketActivationTests {
    @Test func `IPv4, IPv6 and Unix are served at once, and told from one another`() async throws {
        let sockets = [try ListeningSocket.v4(), try ListeningSocket.v6(), try ListeningSocket.unix()]
        try await RunningDaemon.run({ $0.listen = .systemd }, passed: .passing(sockets.map(\.descriptor))) { daemon in
            for (number, socket) in sockets.enumerated() {
                try await RawConnection.open(to: socket.address) { connection in
                    try await connection.send(request(body: try SignedCallback.ecommpay("EP-\(number)")))
                    #expect(try await connection.responses(1) == ["200"])
                }
            }
            let addresses = try (0...2).flatMap { try daemon.callbacks("EP-\($0)").map { $0.text("remote_address") } }
            #expect(addresses == ["127.0.0.1", "::1", "unix"])
        }
    }

    @Test func `a proxy behind a Unix socket is believed where loopback is`() async throws {
        let socket = try ListeningSocket.unix()
        try await RunningDaemon.run(
            {
                $0.listen = .systemd
                $0.trustedProxies = RunningDaemon.trusting("127.0.0.1/32")
            },
            passed: .passing([socket.descriptor])
        ) { daemon in
            try await RawConnection.open(to: socket.address) { connection in
                let body = try SignedCallback.ecommpay("EP-1")
                try await connection.send(
                    request("POST", "/callbacks/ecp", ["X-Forwarded-For: 203.0.113.9"], body: body)
                )
                #expect(try await connection.responses(1) == ["200"])
            }
            #expect(try daemon.callbacks("EP-1").map { $0.text("remote_address") } == ["203.0.113.9"])
        }
    }

    @Test func `the bound on connections is one for all sockets`() async throws {
        let sockets = [try ListeningSocket.v4(), try ListeningSocket.unix()]
        try await RunningDaemon.run(
            {
                $0.listen = .systemd
                $0.limits.connections = 1
            },
            passed: .passing(sockets.map(\.descriptor))
        ) { _ in
            let body = try SignedCallback.ecommpay("EP-1")
            let callback = request(body: body)
            try await RawConnection.open(to: sockets[0].address) { first in
                try await first.send(headAskingToContinue(before: body))
                #expect(try await first.responses(1) == ["100"], "its request is under way")
                try await RawConnection.open(to: sockets[1].address) { second in
                    try await second.send(callback)
                    try await first.send(body + request("GET", "/"))
                    #expect(try await first.rest() == ["100", "200", "404"])
                    #expect(try await second.responses(1) == ["200"])
                }
            }
        }
    }

    @Test func `a reload that raises the bound lets in who waits, at every socket`() async throws {
        let sockets = [try ListeningSocket.v4(), try ListeningSocket.unix()]
        let (hangups, hangup) = AsyncStream<Void>.makeStream()
        let raised = Mutex(Configuration(database: .file(""), accounts: []))
        let reloading = ReloadSignal(on: hangups) { () throws(ConfigurationError) in raised.withLock { $0 } }
        try await RunningDaemon.run(
            { configuration in
                configuration.listen = .systemd
                configuration.limits.connections = 1
                raised.withLock {
                    $0 = configuration
                    $0.limits.connections = 3
                }
            },
            passed: .passing(sockets.map(\.descriptor)),
            reloading: reloading
        ) { _ in
            let body = try SignedCallback.ecommpay("EP-1")
            let callback = request(body: body)
            try await RawConnection.open(to: sockets[0].address) { first in
                try await first.send(headAskingToContinue(before: body))
                #expect(try await first.responses(1) == ["100"], "its request is under way")
                for socket in sockets {
                    try await RawConnection.open(to: socket.address) { second in
                        try await second.send(callback)
                        hangup.yield()
                        #expect(try await second.responses(1) == ["200"])
                    }
                }
            }
        }
    }

    @Test func `a socket that fails ends the daemon, which says so`() async throws {
        let sockets = [try ListeningSocket.v4(), try ListeningSocket.v4()]
        await #expect(throws: ListenError.self) {
            try await RunningDaemon.run({ $0.listen = .systemd }, passed: .passing(sockets.map(\.descriptor))) {
                shutdown(sockets[1].descriptor, CInt(SHUT_RDWR))
                try await $0.wait("the end") { [daemon = $0] in !daemon.isListening() }
            }
        }
    }

    @Test func `sockets that are passed can be encrypted too`() async throws {
        let socket = try ListeningSocket.v4()
        try await RunningDaemon.run(
            {
                $0.listen = .systemd
                $0.tls = try TestIdentity.tls()
            },
            passed: .passing([socket.descriptor])
        ) { _ in
            try await RawConnection.open(to: socket.address, tls: try TestIdentity.client()) { connection in
                try await connection.send(request(body: try SignedCallback.ecommpay("EP-1")))
                #expect(try await connection.responses(1) == ["200"])
            }
        }
    }

    @Test func `without a socket nothing starts`() async throws {
        await #expect(throws: SocketActivationError.none) {
            try await RunningDaemon.run {
                $0.listen = .systemd
            } story: { _ in
            }
        }
    }

    @Test func `who connects between two lives is served by the second`() async throws {
        let socket = try ListeningSocket.v4()
        try await RunningDaemon.run({ $0.listen = .systemd }, passed: .passing([socket.descriptor])) { _ in }
        try await RawConnection.open(to: socket.address) { connection in
            try await connection.send(request(body: try SignedCallback.ecommpay("EP-1")))
            let (answers, answered) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await RunningDaemon.run({ $0.listen = .systemd }, passed: .passing([socket.descriptor])) { _ in
                        for await _ in answers { break }
                    }
                }
                #expect(try await connection.responses(1) == ["200"])
                answered.finish()
                try await group.waitForAll()
            }
        }
    }

    /// Half the senders keep their connections and half open one per callback, all as fast as they can.
    @Test func `restarts refuse no connection and reset none`() async throws {
        let socket = try ListeningSocket.v4()
        let traffic = Traffic()
        try await withThrowingTaskGroup(of: Void.self) { senders in
            for sender in 0..<8 {
                senders.addTask {
                    defer { traffic.senders.subtract(1, ordering: .relaxed) }
                    while !traffic.isOver.load(ordering: .relaxed) {
                        try await RawConnection.open(to: socket.address) { connection in
                            let limit = sender.isMultiple(of: 2) ? 1 : Int.max
                            try await connection.keepSending(from: sender, atMost: limit, in: traffic)
                        }
                    }
                }
            }
            for life in 1...4 {
                try await RunningDaemon.run({ $0.listen = .systemd }, passed: .passing([socket.descriptor])) { _ in
                    let enough = traffic.answered.load(ordering: .relaxed) + 100
                    while traffic.answered.load(ordering: .relaxed) < enough {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    guard life == 4 else { return }
                    traffic.isOver.store(true, ordering: .relaxed)
                    while traffic.senders.load(ordering: .relaxed) > 0 { try await Task.sleep(for: .milliseconds(5)) }
                }
            }
            try await senders.waitForAll()
        }
    }
}

private final class Traffic: Sendable {
    let senders = Atomic(8)
    let answered = Atomic(0)
    let isOver = Atomic(false)
}

extension RawConnection {
    /// Sends callbacks one after another, each of which must be answered 200, until the other side announces that it
    /// closes.
    fileprivate mutating func keepSending(
        from sender: Int,
        atMost limit: Int,
        in traffic: Traffic
    ) async throws {
        let callback = request(body: try SignedCallback.ecommpay("EP-\(sender)"))
        var count = 0
        while count < limit, !traffic.isOver.load(ordering: .relaxed), !received.contains("close") {
            try await send(callback)
            count += 1
            #expect(try await responses(count) == Array(repeating: "200", count: count))
            traffic.answered.add(1, ordering: .relaxed)
        }
    }
}
