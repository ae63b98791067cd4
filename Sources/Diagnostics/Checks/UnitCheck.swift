import ConfigurationFile
import Telemetry

/// Checks how systemd runs the daemon.
package struct UnitCheck {
    package static let name = "unit"
    package static let hardeningName = "hardening"
    private static let unit = InstalledUnit.service

    package struct Unit: Sendable, Equatable {
        private let properties: [Substring: Substring]

        /// - Parameter properties: The output of `systemctl show`.
        package init(properties: String) {
            let settings = properties.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
                .filter { $0.count == 2 }.map { ($0[0], $0[1]) }
            self.properties = Dictionary(settings) { first, _ in first }
        }

        subscript(name: Substring) -> Substring { properties[name] ?? "" }
    }

    static func findings(run: Subprocess) async -> [Finding] {
        let names = "LoadState,ActiveState,SubState,NRestarts,WatchdogUSec"
        guard let properties = await run("systemctl", ["show", "--no-pager", "--property=\(names)", unit]) else {
            return [Finding(name, .skipped, "not under systemd")]
        }
        let found = Unit(properties: properties)
        guard found["LoadState"] == "loaded" else {
            return [Finding(name, .skipped, "systemd has no \(unit): it runs in another way, or not at all")]
        }
        let analysis = await run("systemd-analyze", ["security", "--no-pager", unit])
        return [finding(found), hardening(analysis.flatMap { exposure(in: $0) })]
    }

    package static func finding(_ found: Unit) -> Finding {
        let restarts = Int(found["NRestarts"]) ?? 0
        let seen =
            "\(unit) is \(found["ActiveState"]) (\(found["SubState"])), restarted \(Approximate.count(restarts, "time"))"
        guard found["ActiveState"] == "active" else {
            let advice = "`systemctl status paystate`, `journalctl -u paystate -n 50`"
            return Finding(name, .failure, seen, advice: advice)
        }
        guard restarts == 0 else {
            let advice = """
                why? `journalctl -u paystate -p warning -n 50`; `systemctl reset-failed paystate` clears the count
                """
            return Finding(name, .warning, seen, advice: advice)
        }
        let watchdog = found["WatchdogUSec"]
        guard !["", "0", "infinity"].contains(watchdog) else {
            let advice =
                "set Type=notify and WatchdogSec=, as the unit that comes with Paystate does: a daemon that hangs is restarted"
            return Finding(name, .warning, "\(seen), without a watchdog", advice: advice)
        }
        return Finding(name, .ok, "\(seen), watchdog \(watchdog)")
    }

    package static func hardening(_ exposure: Double?) -> Finding {
        guard let exposure else { return Finding(hardeningName, .skipped, "systemd-analyze reports nothing about it") }
        let seen = "exposure \(exposure) of 10 (`systemd-analyze security`)"
        guard exposure > 2 else { return Finding(hardeningName, .ok, seen) }
        let advice =
            "is the unit the one that comes with Paystate, or does a drop-in loosen it (`systemctl cat paystate`)?"
        return Finding(hardeningName, .warning, seen, advice: advice)
    }

    /// Parses `→ Overall exposure level for paystate.service: 1.1 OK 🙂`.
    package static func exposure(in output: String) -> Double? {
        let line = output.split(separator: "\n").last { $0.contains("Overall exposure level") }
        return line?.split(separator: ": ").last?.split(separator: " ").first.flatMap { Double($0) }
    }
}
