import Daemon
import DaemonTestSupport
import Foundation
import TestSupport
import Testing

/// What `POST /v1/acknowledge` accepts and refuses, through real sockets.
@Suite struct AcknowledgementRequestTests {
    static let refused: [(status: String, body: String, advice: String)] = [
        ("404", #"{"anomaly":17,"note":"agreed"}"#, "there is no anomaly 17"),
        ("404", #"{"note":"é","anomaly":9223372036854775807}"#, "`paystate alarms"),
        ("400", #"{"anomaly":17}"#, "note must be a text"),
        ("400", #"{"anomaly":17,"note":null}"#, "note must be a text"),
        ("400", #"{"anomaly":17,"note":""}"#, "1 to 1000 characters"),
        ("400", #"{"anomaly":17,"note":" \u00a0"}"#, "1 to 1000 characters"),
        ("400", #"{"anomaly":17,"note":5}"#, "note must be a text"),
        ("400", #"{"anomaly":17,"note":"a\u0000b"}"#, "without control characters"),
        ("400", #"{"anomaly":17,"note":"\#(String(repeating: "é", count: 1001))"}"#, "1 to 1000 characters"),
        ("404", #"{"anomaly":17,"note":"\#(String(repeating: "é", count: 1000))"}"#, "no anomaly 17"),
        ("400", #"{"note":"agreed"}"#, "anomaly must be a number"),
        ("400", #"{"anomaly":"17","note":"agreed"}"#, "anomaly must be a number"),
        ("400", #"{"anomaly":0,"note":"agreed"}"#, "anomaly must be a number"),
        ("400", #"{"anomaly":-1,"note":"agreed"}"#, "anomaly must be a number"),
        ("400", #"{"anomaly":1.5,"note":"agreed"}"#, "anomaly must be a number"),
        ("400", #"{"anomaly":1e1,"note":"agreed"}"#, "anomaly must be a number"),
        ("400", #"{"anomaly":9223372036854775808,"note":"agreed"}"#, "anomaly must be a number"),
        ("400", #"{"anomaly":17,"note":"agreed","account":"ecp"}"#, "`account` is not known here: use anomaly, note"),
        ("400", #"{"anomaly":17,"anomaly":18,"note":"agreed"}"#, "duplicate key"), ("400", "[17]", "a JSON object"),
        ("400", "", "unexpected end"),
    ]

    @Test func `what is refused is told why, and what to do`() async throws {
        try await RunningDaemon.run { daemon in
            for (status, body, advice) in Self.refused {
                let text = request("POST", "/v1/acknowledge", ["Content-Type: application/json"], body: body)
                let answer = try await RawConnection.ask(daemon.adminPort, text)
                #expect(answer.statuses == [status], "\(body.prefix(60))")
                let json = answer.text.split(separator: "\r\n\r\n").last ?? ""
                let refusal = try JSONDecoder().decode(ErrorAnswer.self, from: Data(json.utf8))
                #expect(refusal.error.contains(advice), "\(refusal.error)")
            }
        }
    }

    @Test func `only JSON is read, and only posted`() async throws {
        try await RunningDaemon.run { daemon in
            let body = #"{"anomaly":17,"note":"agreed"}"#
            let plain = request("POST", "/v1/acknowledge", ["Content-Type: text/plain"], body: body)
            #expect(try await RawConnection.ask(daemon.adminPort, plain).statuses == ["415"])
            for method in ["GET", "PUT", "DELETE"] {
                let answer = try await RawConnection.ask(daemon.adminPort, request(method, "/v1/acknowledge"))
                #expect(answer.statuses == ["405"], "\(method)")
                #expect(answer.text.lowercased().contains("allow: post"), "\(method)")
            }
            let asStranger = request("POST", "/v1/acknowledge", ["Content-Type: application/json"], body: body)
            #expect(try await RawConnection.ask(daemon.port, asStranger).statuses == ["404"])
        }
    }
}
