import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import Glibc
import Logging
import NIOSSL
import Payments
import Telemetry
import TestSupport
import Testing

/// The behaviour at the connection limit, through real sockets.
@Suite(.timeLimit(.minutes(1))) struct ConnectionLimitTests {
    /// Sends one more callback over a connection.
    private func use(_ connection: inout RawConnection, _ payment: String) async throws {
        let statuses = connection.statuses + ["200"]
        try await connection.send(request(body: try SignedCallback.ecommpay(payment)))
        #expect(try await connection.responses(statuses.count) == statuses, "\(payment)")
    }

    @Test(arguments: [false, true])
    func `whoever has been idle longest makes room for whoever comes`(isEncrypted: Bool) async throws {
        try await RunningDaemon.run {
            $0.limits.connections = 3
            if isEncrypted { $0.tls = try TestIdentity.tls() }
        } story: { daemon in
            let tls = isEncrypted ? try TestIdentity.client(upTo: .tlsv13) : nil
            try await RawConnection.open(to: daemon.port, tls: tls) { first in
                try await use(&first, "EP-1")
                try await RawConnection.open(to: daemon.port, tls: tls) { second in
                    try await use(&second, "EP-2")
                    try await RawConnection.open(to: daemon.port, tls: tls) { third in
                        try await use(&third, "EP-3")
                        try await use(&first, "EP-4")
                        try await RawConnection.open(to: daemon.port, tls: tls) { fourth in
                            try await use(&fourth, "EP-5")
                            // If TLS ends without a close notification, its client throws.
                            let statuses = isEncrypted ? try? await second.rest() : try await second.rest()
                            #expect(statuses ?? second.statuses == ["200"])
                            try await use(&first, "EP-6")
                            try await use(&third, "EP-7")
                            try await use(&fourth, "EP-8")
                        }
                    }
                }
            }
            #expect(try daemon.payments().count == 8)
        }
    }

    @Test func `as many have to go as come, however many come at once`() async throws {
        try await RunningDaemon.run {
            $0.limits.connections = 60
        } story: { daemon in
            for _ in 0..<3 {
                let before = try (0..<60).map { _ in try KeptSocket(to: daemon.port) }
                for socket in before { socket.ask() }
                for socket in before { #expect(socket.isAnswered) }
                let after = try (0..<40).map { _ in try KeptSocket(to: daemon.port) }
                for socket in after { socket.ask() }
                for socket in after { #expect(socket.isAnswered) }
                try await daemon.wait("those that have to go") { before.count { $0.isClosed } >= 40 }
                try await Task.sleep(for: .milliseconds(200))
                #expect(before.count { $0.isClosed } == 40)
                #expect(after.count { $0.isClosed } == 0)
            }
        }
    }

    @Test func `who is in the midst of a request is not cut, and makes room after it`() async throws {
        try await RunningDaemon.run {
            $0.limits.connections = 2
        } story: { daemon in
            let body = try SignedCallback.ecommpay("EP-1")
            let head = headAskingToContinue(before: body)
            try await RawConnection.open(to: daemon.port) { first in
                try await first.send(head)
                #expect(try await first.responses(1) == ["100"])
                try await RawConnection.open(to: daemon.port) { second in
                    try await second.send(head)
                    #expect(try await second.responses(1) == ["100"])
                    try await RawConnection.open(to: daemon.port) { third in
                        try await third.send(request(body: try SignedCallback.ecommpay("EP-2")))
                        try await Task.sleep(for: .milliseconds(200))
                        try await first.send(body)
                        #expect(try await first.responses(2) == ["100", "200"])
                        #expect(try await third.responses(1) == ["200"], "the first was idle, and had to go")
                        try await second.send(body)
                        #expect(try await second.responses(2) == ["100", "200"])
                    }
                }
            }
        }
    }

    @Test func `a path that is nobody's ends the connection, so that no place is kept by asking for it`() async throws {
        try await RunningDaemon.run {
            $0.limits.connections = 2
        } story: { daemon in
            for path in ["/", "/callbacks/nobody"] {
                try await RawConnection.open(to: daemon.port) { connection in
                    try await connection.send(request("GET", path) + request("GET", path))
                    #expect(try await connection.rest() == ["404"])
                    #expect(connection.received.contains("Connection: close"))
                }
            }
        }
    }

    @Test func `a limit that a reload lowers closes the idle ones that are too many, when somebody comes`() async throws
    {
        let account = """
            accounts:
              ecp: {gateway: ecommpay, project_id: 240, secrets: [{value: \(SignedCallback.secret)}]}

            """
        try await ReloadBench.run(account, secrets: [:]) { bench in
            let port = bench.daemon.port
            try await RawConnection.open(to: port) { first in
                try await use(&first, "EP-1")
                try await RawConnection.open(to: port) { second in
                    try await use(&second, "EP-2")
                    try await bench.reload(account + "limits: {connections: 1}\n")
                    try await RawConnection.open(to: port) { third in
                        try await use(&third, "EP-3")
                        #expect(try await first.rest() == ["200"])
                        #expect(try await second.rest() == ["200"])
                        try await use(&third, "EP-4")
                    }
                }
            }
        }
    }

    @Test func `it is told, once in the log and each time in the metrics`() async throws {
        let log = try TemporaryFile()
        let logger = Logger.writing(to: log, level: .warning) { Timestamp(milliseconds: 1_800_000_000_000) }
        try await RunningDaemon.run(
            { $0.limits.connections = 1 },
            now: Timestamp.now,
            metrics: .ofTests,
            logger: logger
        ) { daemon in
            let before = try await closed(daemon)
            for number in 1...4 {
                try await RawConnection.open(to: daemon.port) { connection in
                    try await use(&connection, "EP-\(number)")
                    try await RawConnection.open(to: daemon.port) { other in
                        try await use(&other, "EP-\(number)")
                        #expect(try await connection.rest() == ["200"])
                    }
                }
            }
            // Other tests' daemons count in the same place.
            #expect(try await closed(daemon) - before >= 4)
        }
        let lines = try log.content().split(separator: "\n").filter { $0.contains("limits.connections is reached") }
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix(" limit=1") == true)
    }

    private func closed(_ daemon: RunningDaemon) async throws -> Int {
        let line = try await daemon.metrics().split(separator: "\n")
            .first { $0.hasPrefix("paystate_idle_connections_closed_total ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }
}
