import ConfigurationFile
import OutboundHTTP
import Telemetry

/// Checks whether the daemon runs, is ready, and is the installed version.
struct DaemonCheck {
    static let name = "daemon"

    let probe: HTTPProbe
    /// The version of this program.
    let version: String

    func finding(_ addresses: [AdminAddress]) async -> Finding {
        guard !addresses.isEmpty else {
            return Finding(
                Self.name,
                .skipped,
                "the configuration has no `admin` address to reach it by",
                advice: "add one, such as admin: [/run/paystate/admin.sock], and restart it"
            )
        }
        var failures: [String] = []
        var isForbidden = false
        for address in addresses {
            do {
                return try await judged(address)
            } catch {
                failures.append("\(address): \(error)")
                isForbidden = isForbidden || error == .forbidden
            }
        }
        let seen = "does not answer at \(failures.joined(separator: "; "))"
        guard !isForbidden else {
            return Finding(Self.name, .skipped, seen, advice: "run this as a user of the daemon's group, or with sudo")
        }
        let advice = "`systemctl status paystate`, `journalctl -u paystate -n 50`; then `systemctl start paystate`"
        return Finding(Self.name, .failure, seen, advice: advice)
    }

    private func judged(_ address: AdminAddress) async throws(TransportFailure) -> Finding {
        let alive = try await probe.get(address.url(of: "/healthz"))
        guard alive.status == 200, alive.body == "alive\n" else {
            let advice = """
                another program has its address: see which one (`ss -ltnp`), or set another address under `admin`
                """
            return Finding(Self.name, .failure, "what answers at \(address) is not paystate", advice: advice)
        }
        let ready = try await probe.get(address.url(of: "/readyz"))
        guard ready.status == 200 else {
            let reason = ready.body.split(separator: "\n").first.map(String.init) ?? "no reason given"
            let advice =
                "callbacks are answered 503 and sent again; see the other findings, and `journalctl -u paystate -p err`"
            return Finding(Self.name, .failure, "is not ready: \(reason.firstPrintable(100))", advice: advice)
        }
        let metrics = try await probe.get(address.url(of: "/metrics"))
        guard let running = Self.version(in: metrics.body), running != version else {
            return Finding(Self.name, .ok, "is running and ready, at \(address)")
        }
        let advice = "an upgrade takes effect at the next start: run `systemctl restart paystate`"
        return Finding(
            Self.name,
            .warning,
            "version \(running.firstPrintable(100)) is running, \(version) is installed",
            advice: advice
        )
    }

    private static func version(in metrics: String) -> String? {
        let label = "\(Metric.build.name){version=\""
        return metrics.split(separator: "\n").first { $0.hasPrefix(label) }
            .map { String($0.dropFirst(label.count).prefix { $0 != "\"" }) }
    }
}
