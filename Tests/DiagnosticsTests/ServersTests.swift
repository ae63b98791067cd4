import DaemonTestSupport
import Diagnostics
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import OutboundHTTP
import Payments
import Telemetry
import TestSupport
import Testing

/// The doctor's findings about the daemon and the gateways' servers: real ones.
@Suite struct ServersTests {
    @Test(arguments: [
        (0, Finding.Verdict.ok), (4, .ok), (-4, .ok), (8, .warning), (-8, .warning), (-55, .warning), (90, .failure),
        (-90, .failure),
    ])
    func `the clock is compared with the gateway's`(_ ahead: Int, _ verdict: Finding.Verdict) async throws {
        let date = Self.httpDate(Patient.today.milliseconds / 1000 + Int64(ahead))
        try await ScriptedGateway.play([.answer(404, headers: ["Date: \(date)"])]) { gateway in
            let findings = try await Patient(Patient.account(asking: gateway.url)).findings()
            let clock = try #require(findings.first { $0.check == "clock" })
            #expect(clock.verdict == verdict)
            #expect((clock.advice == nil) == (verdict == .ok))
            #expect(findings.first { $0.check == "status endpoints" }?.verdict == .ok, "any answer is one")
            #expect(gateway.lines == ["GET /"])
        }
    }

    @Test func `a server that says nothing is too slow, and no word on the time is none`() async throws {
        try await ScriptedGateway.play([.beSilent]) { gateway in
            let patient = try Patient(Patient.account(asking: gateway.url))
            let findings = try await patient.findings(timeout: .milliseconds(200))
            #expect(
                findings.first { $0.check == "status endpoints" }?.seen == "\(gateway.url): no complete answer in time"
            )
            #expect(findings.first { $0.check == "clock" }?.verdict == .skipped)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a gateway that begins an answer and says no more has answered, and a daemon that does is too slow`()
        async throws
    {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
        try await ScriptedGateway.play([.say(head)]) { server in
            let patient = try Patient(
                "admin: [\"127.0.0.1:\(server.port)\"]\n\(Patient.account(asking: server.url))"
            )
            let findings = try await patient.findings(timeout: .seconds(2))
            #expect(findings.first { $0.check == "status endpoints" }?.verdict == .ok)
            let daemon = findings.first { $0.check == "daemon" }
            #expect(daemon?.seen == "does not answer at 127.0.0.1:\(server.port): no complete answer in time")
        }
    }

    @Test func `a port that nobody listens on is named as that`() async throws {
        let url = "http://127.0.0.1:\(try unusedPort())"
        let finding = try #require(try await Patient(Patient.account(asking: url)).findings("status endpoints").first)
        #expect(finding.verdict == .failure)
        #expect(finding.seen == "\(url): connection refused: nothing listens there")
        #expect(finding.advice?.contains("firewall") == true)
    }

    @Test func `a name that does not exist is named as that`() async throws {
        // A label of 64 letters is invalid: the resolver fails without asking a server.
        let name = String(repeating: "a", count: 64) + ".example"
        let error = await #expect(throws: (any Error).self) {
            _ = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: name, port: 1)
                .get()
        }
        #expect(TransportFailure(try #require(error)) == .noSuchName)
    }

    @Test func `a certificate of nobody's authority is named as that`() async throws {
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMBytes(Array(Certificate.chain.utf8)).map {
                    .certificate($0)
                },
                privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(Certificate.key.utf8), format: .pem))
            )
        )
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let url = "https://127.0.0.1:\(server.localAddress?.port ?? 0)"
        let patient = try Patient(Patient.account(asking: url))
        let finding = try #require(try await patient.findings("status endpoints").first)
        #expect(finding.seen == "\(url): \(TransportFailure.notTrusted)")
        let nobody = TrustStore(files: [patient.path("ca.crt")], folder: patient.path("certs"))
        let alone = try await patient.findings(trustStore: nobody)
        let missing = try #require(alone.first { $0.check == "status endpoints" })
        #expect(missing.seen == "\(url): \(TransportFailure.noAuthorities)")
        #expect(missing.advice?.contains("apt install ca-certificates") == true)
        #expect(alone.first { $0.check == "trusted certificates" }?.verdict == .failure)
        try await server.close()
    }

    @Test func `a gateway that many accounts share is visited once, and none with --offline`() async throws {
        try await ScriptedGateway.play([.answer(200)]) { gateway in
            let account = "{gateway: ecommpay, project_id: 240, secrets: [{value: x}], api_url: \"\(gateway.url)\"}"
            let patient = try Patient("accounts: {one: \(account), two: \(account)}\n")
            #expect(try await patient.findings("status endpoints", isOffline: true).first?.verdict == .skipped)
            #expect(gateway.lines == [])
            #expect(try await patient.findings("status endpoints").map(\.verdict) == [.ok])
            #expect(gateway.lines == ["GET /"])
        }
    }

    @Test func `a daemon that runs is ready, and tells its version`() async throws {
        try await RunningDaemon.run(now: Timestamp.now, metrics: .ofTests) { daemon in
            let patient = try Patient(
                "admin: [\"127.0.0.1:\(daemon.adminPort)\"]\n\(Patient.account(asking: "http://127.0.0.1:1"))"
            )
            #expect(try await patient.findings("daemon", isOffline: true).map(\.verdict) == [.ok])
            let finding = try await patient.findings("daemon", version: "9.9.9", isOffline: true).first
            #expect(finding?.verdict == .warning)
            #expect(finding?.seen == "version test is running, 9.9.9 is installed")
        }
    }

    @Test func `a daemon that is not there, or is another program, is a failure`() async throws {
        let patient = try Patient(
            "admin: [\"127.0.0.1:\(try unusedPort())\"]\n\(Patient.account(asking: "http://127.0.0.1:1"))"
        )
        let finding = try await patient.findings("daemon", isOffline: true).first
        #expect(finding?.verdict == .failure)
        #expect(finding?.advice?.contains("systemctl start paystate") == true)
        try await ScriptedGateway.play([.answer(200, body: "hello")]) { other in
            try patient.write(
                "admin: [\"127.0.0.1:\(other.port)\"]\n\(Patient.account(asking: other.url))",
                to: "paystate.yaml"
            )
            let finding = try await patient.findings("daemon", isOffline: true).first
            #expect(finding?.seen == "what answers at 127.0.0.1:\(other.port) is not paystate")
        }
    }

    private static func httpDate(_ second: Int64) -> String {
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        var text = [CChar](repeating: 0, count: 40)
        let length = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
