import AsyncHTTPClient
import ConfigurationFile
import Daemon
import DaemonTestSupport
import NIOCore
import TestSupport
import Testing

/// What `/readyz` says of commits on a server.
@Suite struct ReplicationTests {
    @Test(.enabled(if: PostgreSQLServer.isThere, "PAYSTATE_POSTGRESQL names no server"))
    func `readiness tells whether commits are replicated`() async throws {
        try await PostgreSQLServer.withDatabase { database in
            let names = try await database.query("SHOW synchronous_standby_names").first ?? ""
            let line = names.isEmpty ? "replicated: 0" : "replicated: 1"
            let url = database.url
            try await RunningDaemon.run({ $0.database = .postgreSQL(url: url, password: nil) }) { daemon in
                try await daemon.wait("the first look at the server") {
                    try await daemon.readiness() == "ready\n\(line)\n"
                }
            }
        }
    }

    @Test func `a file has no such line`() async throws {
        try await RunningDaemon.run { daemon in
            let readiness = try await daemon.readiness()
            #expect(readiness == "ready\n")
        }
    }
}

extension RunningDaemon {
    fileprivate func readiness() async throws -> String {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(adminPort)/readyz")
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        return String(buffer: try await answer.body.collect(upTo: 1 << 20))
    }
}
