package import ConfigurationFile

/// Checks how systemd holds the socket for callbacks.
package struct SocketCheck {
    package static let name = "socket"
    private static let unit = InstalledUnit.socket

    /// Empty if there is no systemd.
    static func findings(_ listen: Configuration.Listen?, run: Subprocess) async -> [Finding] {
        let names = "LoadState,ActiveState,SubState,Result"
        guard let properties = await run("systemctl", ["show", "--no-pager", "--property=\(names)", unit]) else {
            return []
        }
        return [finding(properties: properties, listen)]
    }

    /// - Parameters:
    ///   - properties: the output of `systemctl show` for the socket.
    ///   - listen: the configured value; `nil` if there is none that can be read.
    package static func finding(properties: String, _ listen: Configuration.Listen?) -> Finding {
        let said = UnitCheck.Unit(properties: properties)
        let seen = "\(unit) is \(said["ActiveState"]) (\(said["SubState"]))"
        if case .address(let address) = listen {
            guard said["ActiveState"] == "active" else {
                return Finding(name, .ok, "the daemon listens at \(address) itself")
            }
            let advice = "write `listen: systemd`, or `systemctl mask --now \(unit)`"
            return Finding(
                name,
                .warning,
                "\(seen), but the daemon listens at \(address) itself: what arrives at the socket is never answered",
                advice: advice
            )
        }
        guard said["LoadState"] == "loaded" else {
            let seen = "systemd has no \(unit) (\(said["LoadState"]))"
            guard listen == .systemd else { return Finding(name, .skipped, seen) }
            let advice = "install it (`systemctl unmask \(unit)`, if it is masked), or write an address under `listen`"
            return Finding(name, .failure, "\(seen), and the configuration says `listen: systemd`", advice: advice)
        }
        guard said["ActiveState"] != "active" else { return Finding(name, .ok, seen) }
        let reason = ["", "success"].contains(said["Result"]) ? "" : ", \(said["Result"])"
        let advice = """
            `systemctl restart \(unit) paystate`, and `systemctl enable \(unit)`; why: `journalctl -u \(unit) -u paystate \
            -n 50`
            """
        return Finding(name, .failure, "\(seen)\(reason): connections from the gateways are refused", advice: advice)
    }
}
