import ConfigurationFile
import OutboundHTTP

/// Checks whether this machine trusts any authority that could vouch for a gateway.
struct TrustStoreCheck {
    static let name = "trusted certificates"
    static let advice =
        "`apt install ca-certificates`, then `systemctl restart paystate`: without it no gateway can be polled"

    /// Empty if no gateway is polled over TLS.
    static func findings(_ store: TrustStore, services: [ExternalDependencies.Service]) -> [Finding] {
        guard services.contains(where: { $0.url.hasPrefix("https://") }) else { return [] }
        guard store.isEmpty else { return [Finding(name, .ok, "are installed")] }
        return [Finding(name, .failure, "none are installed on this machine", advice: advice)]
    }
}
