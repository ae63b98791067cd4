import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import NIOCore
import TestSupport
import Testing

/// Requests that a web page in a browser on this machine could send to the admin listener, through real sockets.
@Suite(.timeLimit(.minutes(1))) struct CrossSiteTests {
    static let hosts: [(String, String)] = [
        ("localhost", "200"), ("LocalHost:9090", "200"), ("127.0.0.1", "200"), ("127.0.0.1:1", "200"),
        ("127.1.2.3:9090", "200"), ("[::1]:9090", "200"), ("[::1]", "200"), ("[::ffff:127.0.0.1]:9090", "200"),
        ("paystate.example.com", "200"), ("Paystate.Example.com:9090", "200"),
        ("", "421"), ("example.com", "421"), ("localhost.example.com", "421"), ("127.0.0.1.example.com", "421"),
        ("user@localhost", "421"), ("localhost@example.com", "421"), ("10.0.0.7", "421"), ("0.0.0.0:9090", "421"),
        ("[::2]:9090", "421"), ("paystate.example.com.evil.example", "421"), ("localhost:port", "421"),
        ("localhost localhost", "421"), ("xpaystate.example.com", "421"),
    ]

    @Test func `over TCP the admin listener answers to names of this machine alone`() async throws {
        try await RunningDaemon.run {
            $0.adminHosts = ["paystate.example.com"]
        } story: { daemon in
            for (host, status) in Self.hosts {
                for (method, path) in [("GET", "/metrics"), ("POST", "/v1/prune")] {
                    let text = request(method, path).replacing("Host: localhost", with: "Host: \(host)")
                    let answer = try await RawConnection.ask(daemon.adminPort, text)
                    #expect(answer.statuses == [status], "\(host)")
                    #expect(answer.text.contains("admin_hosts") == (status == "421"))
                }
            }
        }
    }

    @Test(arguments: ["/v1/prune", "/v1/watch", "/v1/poll", "/v1/reverify", "/v1/acknowledge", "/v1/deliver"])
    func `over TCP what changes something must be JSON, and say so`(path: String) async throws {
        try await RunningDaemon.run { daemon in
            let whole = request("POST", path, [], body: "{}")
            for type in [
                "", "Content-Type:", "Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded",
            ] {
                let text = whole.replacing("Content-Type: application/json", with: type.isEmpty ? "X: y" : type)
                let answer = try await RawConnection.ask(daemon.adminPort, text)
                #expect(answer.statuses == ["415"], "\(type)")
                #expect(answer.text.contains("send Content-Type: application/json"))
            }
            let answer = try await RawConnection.ask(daemon.adminPort, whole)
            #expect(answer.statuses != ["415"] && answer.statuses != ["421"])
        }
    }

    @Test func `a socket is out of a browser's reach, and asks for neither`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path("admin.sock")
        try await RunningDaemon.run {
            $0.admin.append(.socket(path: path))
        } story: { daemon in
            let socket = try SocketAddress(unixDomainSocketPath: path)
            // Its name is there a moment before it listens.
            try await daemon.wait("the socket") { (try? await RawConnection.open(to: socket) { _ in }) != nil }
            let whole = request("POST", "/v1/prune").replacing("Content-Type: application/json", with: "X: y")
            for (text, status) in [
                (whole.replacing("Host: localhost", with: "Host: example.com"), "200"),
                (whole.replacing("Host: localhost\r\n", with: ""), "400"),
            ] {
                try await RawConnection.open(to: socket) { connection in
                    try await connection.send(text)
                    #expect(try await connection.responses(1) == [status])
                }
            }
        }
    }

    @Test func `a reload changes the names`() async throws {
        let account = "accounts: {ecp: {gateway: ecommpay, project_id: 240, secrets: [{value: x}]}}\n"
        try await ReloadBench.run(account, secrets: [:]) { bench in
            let text = request("GET", "/healthz").replacing("Host: localhost", with: "Host: paystate.example.com")
            #expect(try await RawConnection.ask(bench.daemon.adminPort, text).statuses == ["421"])
            try await bench.reload("admin_hosts: [paystate.example.com]\n" + account)
            #expect(try await RawConnection.ask(bench.daemon.adminPort, text).statuses == ["200"])
            #expect(try bench.lines("reloaded").last?.contains("changed=admin_hosts") == true)
        }
    }
}
