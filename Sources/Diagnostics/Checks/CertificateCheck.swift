package import ConfigurationFile
package import Payments
import Telemetry

/// Checks how long the listener's certificate remains valid.
package struct CertificateCheck {
    package static let name = "certificate"

    package let now: Timestamp
    private let environment: HostEnvironment

    package init(now: Timestamp, _ environment: HostEnvironment) {
        self.now = now
        self.environment = environment
    }

    package func finding(_ path: String) -> Finding {
        let end: Timestamp
        do {
            end = try TLSIdentity.expiry(certificate: try environment.read(path, 1 << 20).bytes)
        } catch HostEnvironment.Unreadable.forbidden {
            let advice = "run this as the daemon's user, or with sudo"
            return Finding(Self.name, .skipped, "\(path) cannot be read by this user", advice: advice)
        } catch {
            let advice = "does it exist, is it PEM, and may this user read it? The daemon cannot start without it"
            let reason = (error as? HostEnvironment.Unreadable)?.explanation ?? "is not a certificate in PEM"
            return Finding(Self.name, .failure, "\(path) \(reason)", advice: advice)
        }
        let left = end - now
        let advice = "renew it, then `systemctl reload paystate`; without it no gateway can deliver a callback"
        guard left > .zero else {
            return Finding(Self.name, .failure, "\(path) expired at \(end.text)", advice: advice)
        }
        let seen = "\(path) is good until \(end.text): \(Approximate.time(left))"
        guard left >= .seconds(7 * 86_400) else { return Finding(Self.name, .failure, seen, advice: advice) }
        guard left >= .seconds(30 * 86_400) else { return Finding(Self.name, .warning, seen, advice: advice) }
        return Finding(Self.name, .ok, seen)
    }
}
