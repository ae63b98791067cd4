import Foundation
import Histogram
import Sandbox
import Testing

/// The arithmetic of the report, and the target's address.
@Suite struct FloodReportTests {
    private func report(seconds: Double, acknowledged: Int) -> FloodReport {
        var waits = Latencies.histogram()
        for microseconds in 1...UInt64(1000) { waits.record(microseconds) }
        return FloodReport(
            end: .usedUp,
            seconds: seconds,
            acknowledged: acknowledged,
            refused: [503: 2],
            failures: 3,
            connectFailures: 4,
            latencies: Latencies(waits)
        )
    }

    @Test(arguments: [(2.0, 5000, 2500.0), (0.5, 5000, 10_000.0), (0.0, 0, 0.0)])
    func `the rate is that of acknowledgements`(seconds: Double, acknowledged: Int, rate: Double) {
        #expect(report(seconds: seconds, acknowledged: acknowledged).rate == rate)
    }

    @Test func `a percentile is the wait that so many did not exceed`() {
        let latencies = report(seconds: 1, acknowledged: 1).latencies
        #expect(
            [latencies.p50, latencies.p90, latencies.p99, latencies.p999, latencies.max] == [500, 900, 990, 999, 1000]
        )
        #expect(Latencies(Latencies.histogram()).max == 0)
    }

    @Test func `programs get every figure by its name`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(report(seconds: 2, acknowledged: 5)), as: UTF8.self)
        let expected =
            #"{"acknowledged":5,"connect_failures":4,"end":"used_up","failures":3,"#
            + #""latency_us":{"max":1000,"p50":500,"p90":900,"p99":990,"p999":999},"#
            + #""rate":2.5,"refused":{"503":2},"seconds":2}"#
        #expect(text == expected)
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080/callbacks/a", FloodTarget(host: "127.0.0.1", port: 8080, path: "/callbacks/a")),
        ("http://[::1]:81/a?b=c%20d", FloodTarget(host: "::1", port: 81, path: "/a?b=c%20d")),
        ("HTTP://localhost", FloodTarget(host: "localhost", port: 80, path: "/")),
        ("https://localhost/a", nil), ("http:///a", nil), ("localhost:8080/a", nil), ("http://u:p@localhost/", nil),
        ("http://localhost:0/", nil), ("http://localhost:65536/", nil), ("http://localhost/#a", nil), ("", nil),
    ]) func `a flood goes to plain HTTP`(url: String, target: FloodTarget?) {
        #expect(FloodTarget(url: url) == target)
    }
}
