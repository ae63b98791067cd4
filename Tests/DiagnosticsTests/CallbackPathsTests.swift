import DaemonTestSupport
import Diagnostics
import Foundation
import Payments
import TestSupport
import Testing

/// The doctor's findings about requests for paths that belong to no account.
@Suite struct CallbackPathsTests {
    @Test func `a notification URL that is misspelt shows, with how often it was asked for`() async throws {
        try await RunningDaemon.run(now: { Patient.today }) { daemon in
            let patient = try patient(of: daemon)
            #expect(try await patient.findings("callback paths", isOffline: true).map(\.verdict) == [.ok])
            for _ in 0..<17 {
                let callback = request("POST", "/callbacks/eu_shop?token=secret", body: "{}")
                #expect(try await RawConnection.ask(daemon.port, callback).statuses == ["404"])
            }
            for path in ["/callbacks/ecp", "/other", "/callbacks/b%C3%A9%22%0A"] {
                _ = try await RawConnection.ask(daemon.port, request("POST", path, body: "{}"))
            }
            let finding = try #require(try await patient.findings("callback paths", isOffline: true).first)
            #expect(finding.verdict == .warning)
            let seen = """
                17 requests for /callbacks/eu_shop, 1 request for /callbacks/b%C3%A9%22%0A: no account's, and answered 404
                """
            #expect(finding.seen == seen)
            #expect(finding.advice?.contains("spelled right") == true)
            #expect(finding.advice?.contains("/callbacks/shop") == true, "the configuration's accounts are named")
            let later = try await patient.findings("callback paths", isOffline: true) {
                Patient.today + .seconds(90_000)
            }
            #expect(later.map(\.verdict) == [.ok], "what came more than a day ago may have been put right")
        }
    }

    @Test func `texts are bounded in number and length, and what is repeated outlasts what is not`() async throws {
        try await RunningDaemon.run { daemon in
            let long = "/callbacks/" + String(repeating: "x", count: 3000)
            let misspelt = request("POST", "/callbacks/eu_shop")
            for path in [long] + (0..<120).map({ "/callbacks/scan-\($0)" }) {
                for text in [request("POST", path), misspelt] {
                    let answer = try await RawConnection.ask(daemon.port, text)
                    #expect(answer.statuses == ["404"])
                }
            }
            let answer = try await RawConnection.ask(daemon.adminPort, request("GET", "/v1/unknown-paths"))
            let json = try #require(answer.text.split(separator: "\r\n\r\n").last)
            let unknown = try JSONDecoder().decode(Answer.self, from: Data(json.utf8))
            #expect(unknown.paths.count == 100)
            #expect(unknown.paths.first?.path == "/callbacks/eu_shop")
            #expect(unknown.paths.first?.requests == 121)
            #expect(unknown.paths.allSatisfy { $0.path.count <= 101 })
        }
    }

    @Test func `where no daemon runs nothing is said`() async throws {
        let patient = try Patient(Patient.account(asking: "http://127.0.0.1:1"))
        #expect(try await patient.findings("callback paths", isOffline: true).map(\.verdict) == [.skipped])
    }

    private struct Answer: Decodable {
        struct Entry: Decodable {
            let path: String
            let requests: Int
        }

        let paths: [Entry]
    }

    private func patient(of daemon: RunningDaemon) throws -> Patient {
        try Patient("admin: [\"127.0.0.1:\(daemon.adminPort)\"]\n\(Patient.account(asking: "http://127.0.0.1:1"))")
    }
}
