import ConfigurationFile
import Daemon
import DaemonTestSupport
import NIOSSL
import TestSupport
import Testing

/// The public listener with a certificate, through real sockets.
@Suite(.timeLimit(.minutes(1))) struct TLSListenerTests {
    @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
    func `a callback comes encrypted, and a kept connection serves the next`(version: TLSVersion) async throws {
        try await RunningDaemon.run {
            $0.tls = try TestIdentity.tls()
        } story: { daemon in
            try await RawConnection.open(to: daemon.port, tls: try TestIdentity.client(upTo: version)) { connection in
                for number in 1...2 {
                    try await connection.send(request(body: try SignedCallback.ecommpay("EP-\(number)")))
                    #expect(try await connection.responses(number).last == "200")
                }
            }
            #expect(try daemon.payments().count == 2)
        }
    }

    @Test func `nothing older than TLS 1.2 is spoken`() async throws {
        try await RunningDaemon.run {
            $0.tls = try TestIdentity.tls()
        } story: { daemon in
            await #expect(throws: NIOSSLError.self) {
                try await RawConnection.open(to: daemon.port, tls: try TestIdentity.client(upTo: .tlsv11)) {
                    _ = try await $0.rest()
                }
            }
        }
    }

    @Test func `who speaks in plain text is closed without a word, and harms nobody`() async throws {
        try await RunningDaemon.run {
            $0.tls = try TestIdentity.tls()
        } story: { daemon in
            let callback = request(body: try SignedCallback.ecommpay("EP-1"))
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(callback)
                #expect(try await connection.rest() == [])
            }
            #expect(try daemon.payments().isEmpty)
            let answer = try await RawConnection.ask(daemon.port, tls: try TestIdentity.client(), callback)
            #expect(answer.statuses == ["200"])
        }
    }

    @Test func `a handshake has as much time as a request, and its place is free again`() async throws {
        try await RunningDaemon.run {
            $0.tls = try TestIdentity.tls()
            $0.limits.connections = 2
            $0.limits.requestTime = .seconds(1)
        } story: { daemon in
            try await RawConnection.open(to: daemon.port) { silent in
                try await RawConnection.open(to: daemon.port) { hesitant in
                    try await hesitant.send("\u{16}\u{3}\u{1}\u{1}")
                    let callback = request(body: try SignedCallback.ecommpay("EP-1"))
                    let answer = try await RawConnection.ask(daemon.port, tls: try TestIdentity.client(), callback)
                    #expect(answer.statuses == ["200"])
                    #expect(try await hesitant.rest() == [])
                    #expect(try await silent.rest() == [])
                }
            }
        }
    }

    @Test func `who sends too much can read the answer, also encrypted`() async throws {
        try await RunningDaemon.run {
            $0.tls = try TestIdentity.tls()
            $0.limits.body = 1000
        } story: { daemon in
            try await RawConnection.open(to: daemon.port, tls: try TestIdentity.client()) { connection in
                let piece = String(repeating: "x", count: 100_000)
                try await connection.send(request(body: piece + piece).replacing(piece + piece, with: piece))
                try await connection.send(piece)
                #expect(try await connection.rest() == ["413"])
            }
        }
    }

    @Test(arguments: [true, false])
    func `a stop ends a kept connection with an answer that says so`(isEncrypted: Bool) async throws {
        try await RunningDaemon.run {
            $0.tls = isEncrypted ? try TestIdentity.tls() : nil
        } story: { daemon in
            let client = isEncrypted ? try TestIdentity.client() : nil
            try await RawConnection.open(to: daemon.port, tls: client) { connection in
                let callback = request(body: try SignedCallback.ecommpay("EP-1"))
                try await connection.send(callback)
                #expect(try await connection.responses(1) == ["200"])
                await daemon.stop()
                var count = 1
                while !connection.received.contains("close") {
                    count += 1
                    try await connection.send(callback)
                    #expect(try await connection.responses(count).count == count)
                }
                #expect(try await connection.rest() == Array(repeating: "200", count: count))
            }
        }
    }

    @Test func `a reload shows the new certificate to new connections, and leaves the old ones alone`() async throws {
        let configuration = """
            tls: {certificate: tls.pem, private_key: tls.key}
            accounts: {ecp: {gateway: ecommpay, project_id: 240, secrets: [{file: key}]}}
            """
        let first = ["key": SignedCallback.secret, "tls.pem": TestIdentity.certificate, "tls.key": TestIdentity.key]
        let second = ["tls.pem": TestIdentity.otherCertificate, "tls.key": TestIdentity.otherKey]
        try await ReloadBench.run(configuration, secrets: first) { bench in
            let (port, trusting) = (bench.daemon.port, try TestIdentity.client())
            let callback = request(body: try SignedCallback.ecommpay("EP-1"))
            try await RawConnection.open(to: port, tls: trusting) { old in
                try await old.send(callback)
                #expect(try await old.responses(1) == ["200"])
                try await bench.reload(configuration, secrets: ["tls.key": TestIdentity.otherKey])
                #expect(try await RawConnection.ask(port, tls: trusting, callback).statuses == ["200"])
                try await bench.reload(configuration, secrets: second)
                await #expect(throws: (any Error).self) { try await RawConnection.ask(port, tls: trusting, callback) }
                let other = try TestIdentity.client(trusting: TestIdentity.otherCertificate)
                #expect(try await RawConnection.ask(port, tls: other, callback).statuses == ["200"])
                try await old.send(callback)
                #expect(try await old.responses(2) == ["200", "200"])
            }
            #expect(try bench.lines("configuration reloaded").map { $0.contains("changed=tls") } == [true])
        }
    }
}
