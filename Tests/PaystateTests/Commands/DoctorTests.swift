import Daemon
import Diagnostics
import Foundation
import TestSupport
import Testing
import paystate

/// The output and exit code of the doctor's command.
@Suite struct DoctorTests {
    private let findings = [
        Finding("disk space", .ok, "41.2 GiB of 100 GiB free"),
        Finding(
            "clock",
            .failure,
            "90 s behind that of \u{1B}]0;evil\u{7} https://api.example.com",
            advice: "set it right"
        ),
    ]

    @Test func `findings are a table, with what to do beneath`() {
        #expect(
            DoctorReport(findings: findings).text(width: 60, colours: false) == """
                ok       disk space  41.2 GiB of 100 GiB free
                FAILURE  clock       90 s behind that of \u{FFFD}]0;evil\u{FFFD}
                                     https://api.example.com
                                     → set it right

                1 failure.
                """
        )
        #expect(DoctorReport(findings: []).text(width: 60, colours: true) == "Nothing is wrong.")
    }

    @Test func `colours take no room`() {
        let lines = DoctorReport(findings: findings).text(width: 60, colours: true).split(separator: "\n")
        #expect(lines[0] == "\u{1B}[32mok     \u{1B}[0m  disk space  41.2 GiB of 100 GiB free")
        #expect(lines[2].hasPrefix("                     https"))
    }

    @Test func `the exit code is what monitoring expects`() async throws {
        let run = try await ProgramRun.paystate([
            "doctor", "--json", "--offline", "--config", "/nowhere/paystate.yaml",
        ])
        #expect(run.status == 2)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(report["verdict"] as? String == "failure")
        let first = try #require((report["findings"] as? [[String: Any]])?.first)
        #expect(first["check"] as? String == "configuration")
        #expect(Set(first.keys) == ["check", "verdict", "seen", "advice"])
    }
}
