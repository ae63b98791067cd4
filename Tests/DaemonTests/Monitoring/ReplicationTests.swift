import ConfigurationFile
import Daemon
import DaemonTestSupport
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
                    let answer = try await RawConnection.ask(daemon.adminPort, request("GET", "/readyz"))
                    return answer.statuses == ["200"] && answer.text.hasSuffix("ready\n\(line)\n")
                }
            }
        }
    }

    @Test func `a file has no such line`() async throws {
        try await RunningDaemon.run { daemon in
            let answer = try await RawConnection.ask(daemon.adminPort, request("GET", "/readyz"))
            #expect(answer.statuses == ["200"])
            #expect(answer.text.hasSuffix("\r\n\r\nready\n"))
        }
    }
}
