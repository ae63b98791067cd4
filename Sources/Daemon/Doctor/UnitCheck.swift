/// How systemd runs the daemon.
package struct UnitCheck {
    package static let name = "unit"
    package static let hardeningName = "hardening"
    private static let unit = "paystate.service"

    /// What `systemctl show` says of the unit, by property; a property may have several lines.
    package struct Unit: Sendable, Equatable {
        package var properties: [String: [String]] = [:]

        package init(_ output: String) {
            for line in output.split(separator: "\n") {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[1].isEmpty else { continue }
                properties[String(parts[0]), default: []].append(String(parts[1]))
            }
        }

        /// The files that are loaded as credentials: `NAME:PATH`.
        package var credentials: [String] {
            (properties["LoadCredential"] ?? []).flatMap { $0.split(separator: " ") }
                .compactMap { $0.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init) }
                .filter { $0.hasPrefix("/") }
        }

        func first(_ name: String) -> String { properties[name]?.first ?? "" }
    }

    /// What systemd knows of the unit; `nil` where there is no systemd.
    static func unit(run: Tool) async -> Unit? {
        let names = "LoadState,ActiveState,SubState,NRestarts,Type,WatchdogUSec,LoadCredential,UMask,User"
        let output = await run("systemctl", ["show", "--no-pager", "--property=\(names)", unit])
        return output.map { Unit($0) }
    }

    static func findings(_ found: Unit?, run: Tool) async -> [Finding] {
        guard let found else { return [Finding(name, .skipped, "not under systemd")] }
        guard found.first("LoadState") == "loaded" else {
            return [Finding(name, .skipped, "systemd has no \(unit): it runs otherwise, or not at all")]
        }
        let analysis = await run("systemd-analyze", ["security", "--no-pager", unit])
        return [finding(found), hardening(analysis.flatMap { exposure(in: $0) })]
    }

    package static func finding(_ found: Unit) -> Finding {
        let restarts = Int(found.first("NRestarts")) ?? 0
        let seen = "\(unit) is \(found.first("ActiveState")) (\(found.first("SubState"))), restarted \(restarts) times"
        guard found.first("ActiveState") == "active" else {
            let advice = "`systemctl status paystate`, `journalctl -u paystate -n 50`"
            return Finding(name, .failure, seen, advice: advice)
        }
        guard restarts == 0 else {
            return Finding(name, .warning, seen, advice: "why? `journalctl -u paystate -p warning -n 50`")
        }
        let watchdog = found.first("WatchdogUSec")
        guard !["", "0", "infinity"].contains(watchdog) else {
            let advice =
                "set Type=notify and WatchdogSec=, as the unit that comes with Paystate does: a daemon that hangs is restarted"
            return Finding(name, .warning, "\(seen), without a watchdog", advice: advice)
        }
        return Finding(name, .ok, "\(seen), watchdog \(watchdog)")
    }

    package static func hardening(_ exposure: Double?) -> Finding {
        guard let exposure else { return Finding(hardeningName, .skipped, "systemd-analyze says nothing of it") }
        let seen = "exposure \(exposure) of 10 (`systemd-analyze security`)"
        guard exposure > 2 else { return Finding(hardeningName, .ok, seen) }
        let advice =
            "is the unit the one that comes with Paystate, or does a drop-in loosen it (`systemctl cat paystate`)?"
        return Finding(hardeningName, .warning, seen, advice: advice)
    }

    /// From `→ Overall exposure level for paystate.service: 1.1 OK 🙂`.
    package static func exposure(in output: String) -> Double? {
        let line = output.split(separator: "\n").last { $0.contains("Overall exposure level") }
        return line?.split(separator: ": ").last?.split(separator: " ").first.flatMap { Double($0) }
    }
}
