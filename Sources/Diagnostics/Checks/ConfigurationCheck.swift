package import ConfigurationFile

/// Checks whether the configuration is valid, as far as this user can tell.
package struct ConfigurationCheck {
    package static let name = "configuration"

    package static func findings(_ path: String, _ environment: HostEnvironment) -> [Finding] {
        do {
            let configuration = try Configuration.load(path, environment)
            let findings =
                configuration.obstacles.map { Finding(name, .failure, "\($0)") }
                + configuration.warnings.map { Finding(name, .warning, "\($0)") }
            return findings.isEmpty ? [Finding(name, .ok, path)] : findings
        } catch {
            let real = error.problems.filter { !$0.isOfSession }.prefix(20)
            guard real.isEmpty else {
                let advice =
                    "`paystate check-config` lists everything; a running daemon keeps the values that it started with"
                return real.map { Finding(name, .failure, "\($0)", advice: advice) }
            }
            let keys = error.problems.map(\.key).joined(separator: ", ")
            let advice =
                "to judge them too, run this with sudo; the unit runs `paystate check-config` before each start"
            return [
                Finding(
                    name,
                    .skipped,
                    "\(path) is in order, except for what this user cannot see: \(keys)",
                    advice: advice
                )
            ]
        }
    }
}
