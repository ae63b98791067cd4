import AsyncHTTPClient
import Daemon
import DaemonTestSupport
import Foundation
import Ledger
import NIOCore
import Payments
import Synchronization
import Telemetry
import TestSupport
import Testing

/// The shipped rules and dashboard name only what a running daemon reports.
@Suite struct MonitoringTests {
    /// Reported only if the daemon terminates TLS itself, if its ledger is on a server, or if it has targets.
    private static let conditional = """
        paystate_tls_certificate_expiry_timestamp_seconds 0
        paystate_database_connected 1
        paystate_deliveries_total{kind="forward",target="ecp/shop",outcome="delivered"} 1
        paystate_delivery_seconds_bucket{kind="forward",target="ecp/shop",le="+Inf"} 1
        paystate_undelivered{kind="forward",target="ecp/shop"} 0
        paystate_target_paused{kind="forward",target="ecp/shop"} 0

        """

    @Test func `every query of the rules and the dashboard finds what it names`() async throws {
        let queries = try Self.queriesOfRules() + Self.queriesOfDashboard()
        #expect(queries.count > 50)
        try await RunningDaemon.run(now: Timestamp.now, metrics: .ofTests) { daemon in
            let scrape = try await Scrape(daemon.metrics() + Self.conditional)
            for query in queries {
                #expect(try scrape.missing(in: PromQL(query)) == [], "\(query)")
            }
        }
    }

    @Test func `recorded series are recorded by a rule`() throws {
        let recorded = try Set(Self.lines(of: "record"))
        let used = try (Self.queriesOfRules() + Self.queriesOfDashboard()).flatMap {
            try PromQL($0).metrics.map(\.name)
        }
        #expect(Set(used.filter { $0.contains(":") }) == recorded)
    }

    @Test func `the daemon says how its accounts, its disk and itself are`() async throws {
        // Gauges belong to the process: a daemon of another test, with its own accounts and clock, may set them between start
        // and scrape.
        let missing = Mutex(["anything"])
        for _ in 0..<20 where !missing.withLock({ $0.isEmpty }) {
            try await RunningDaemon.run(now: Timestamp.now, metrics: .ofTests) { daemon in
                let text = try await daemon.metrics()
                var untold = [
                    "paystate_account_silent{account=\"ecp\"} NaN\n", "paystate_open_alarms{account=\"ecb\"} 0\n",
                    "paystate_build_info{version=\"test\"} 1\n", "paystate_rejected_total{reason=\"malformed\"} ",
                ].filter { !text.contains($0) }
                let numbers = Dictionary(
                    text.split(separator: "\n").map { $0.split(separator: " ") }.map { ($0[0], Double($0[1]) ?? 0) }
                ) { $1 }
                func number(_ name: Substring) -> Double { numbers[name] ?? 0 }
                if number("paystate_wal_size_bytes") < 100_000 { untold.append("the log, with the schema in it") }
                if number("paystate_disk_free_bytes") >= number("paystate_disk_size_bytes") {
                    untold.append("the disk")
                }
                if number("process_resident_memory_bytes") < 1_000_000 { untold.append("the memory") }
                let now = Date().timeIntervalSince1970
                untold += ["paystate_health_timestamp_seconds", "paystate_probe_timestamp_seconds"]
                    .filter { !(now - 60...now).contains(number($0[...])) }
                missing.withLock { [untold] in $0 = untold }
            }
        }
        let untold = missing.withLock { $0 }
        #expect(untold == [])
    }

    @Test func `of an account that a reload took away, nothing is known any more, and no rule fires`() {
        let metrics = PrometheusMetrics.ofTests
        let silent = ["going", "staying"].map { AccountHealth(account: $0, isSilent: true, hasRejectionSpike: true) }
        func lines(_ account: String) -> [Substring] {
            metrics.render().split(separator: "\n").filter { $0.contains("account=\"\(account)\"") }
        }
        var gauges = AccountsGauges()
        gauges.show(silent, configured: ["going", "staying"])
        let before = lines("staying")
        #expect(lines("going").contains("paystate_account_silent{account=\"going\"} 1"))
        gauges.show(silent, configured: ["staying"])
        #expect(lines("going").count == before.count && lines("going").allSatisfy { $0.hasSuffix(" NaN") })
        #expect(lines("staying") == before)
        gauges.show(silent, configured: ["going", "staying"])
        #expect(lines("going").contains("paystate_account_silent{account=\"going\"} 1"), "it may come back")
    }

    @Test(arguments: [
        ("sum(paystate_pendign)", "there is no paystate_pendign"),
        ("rate(paystate_polls_total{acount=\"x\"}[5m])", "paystate_polls_total has no label acount"),
        ("sum by (acount) (paystate_pending) > 0", "nothing has a label acount"),
    ])
    func `a misspelt query is found`(_ query: String, _ complaint: String) throws {
        let scrape = Scrape("paystate_pending{account=\"a\"} 1\npaystate_polls_total{account=\"a\",outcome=\"b\"} 1\n")
        #expect(try scrape.missing(in: PromQL(query)) == [complaint])
        #expect(throws: PromQL.Unknown.self) { try PromQL("summ(paystate_pending)") }
    }

    @Test func `the dashboard is one that Grafana reads`() throws {
        let panels = try Self.panels()
        #expect(Set(panels.map { $0["id"] as? Int }).count == panels.count)
        for panel in panels where panel["type"] as? String != "row" {
            #expect((panel["datasource"] as? [String: String])?["uid"] == "${datasource}")
            #expect((panel["description"] as? String)?.isEmpty == false)
            let place = try #require(panel["gridPos"] as? [String: Int])
            #expect((place["x"] ?? 0) + (place["w"] ?? 0) <= 24)
        }
    }

    private static let folder = URL(filePath: #filePath).appending(path: "../../../../systemd/monitoring").standardized

    /// The one-line values of a key of the rules' YAML, and the block values after a `|` or `>-`.
    private static func lines(of key: String) throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: "paystate.rules.yml"), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { index in
            let line = lines[index].drop { $0 == " " || $0 == "-" }
            guard line.hasPrefix("\(key): ") else { return nil }
            let value = line.dropFirst(key.count + 2)
            guard value == "|" || value == ">-" else { return String(value) }
            let indentation = lines[index + 1].prefix { $0 == " " }
            return lines[(index + 1)...].prefix { $0.hasPrefix(indentation) }.joined(separator: "\n")
        }
    }

    private static func queriesOfRules() throws -> [String] { try lines(of: "expr") }

    private static func queriesOfDashboard() throws -> [String] {
        let targets = try panels().flatMap { $0["targets"] as? [[String: Any]] ?? [] }
        let variables = (try dashboard()["templating"] as? [String: Any])?["list"] as? [[String: Any]] ?? []
        let definitions = variables.compactMap { $0["definition"] as? String }
        let events = (try dashboard()["annotations"] as? [String: Any])?["list"] as? [[String: Any]] ?? []
        return (targets + events).compactMap { $0["expr"] as? String }
            // label_values(metric{…}, label) names a metric and a label of it, as `sum by (label) (metric{…})` does.
            + definitions.map { definition in
                let parts = definition.dropFirst("label_values(".count).dropLast().split(separator: ", ")
                return "sum by (\(parts.last ?? "")) (\(parts.dropLast().joined(separator: ", ")))"
            }
    }

    private static func panels() throws -> [[String: Any]] {
        try #require(dashboard()["panels"] as? [[String: Any]])
    }

    private static func dashboard() throws -> [String: Any] {
        let bytes = try Data(contentsOf: folder.appending(path: "dashboard.json"))
        return try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    }
}

extension RunningDaemon {
    /// The daemon's metrics, once it has read its accounts' state.
    func metrics() async throws -> String {
        var text = ""
        let isRead = try await eventually {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(adminPort)/metrics")
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
            // All daemons of the tests report to one place, and some have no accounts.
            return ["open_alarms{account=\"ecb\"}", "probe_timestamp_seconds", "health_timestamp_seconds"]
                .allSatisfy { text.contains("\npaystate_\($0) ") }
        }
        #expect(isRead, "the daemon reports nothing of its health")
        return text
    }
}
