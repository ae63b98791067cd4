import ConfigurationFile
import OutboundHTTP

/// Whether this machine trusts anybody who could vouch for a gateway.
struct TrustStoreCheck {
    static let name = "trusted certificates"
    static let advice =
        "`apt install ca-certificates`, then `systemctl restart paystate`: without it no gateway can be asked"

    /// Nothing where no gateway is asked over TLS.
    static func findings(_ store: TrustStore, services: [ExternalDependencies.Service]) -> [Finding] {
        guard services.contains(where: { $0.url.hasPrefix("https://") }) else { return [] }
        guard store.isEmpty else { return [Finding(name, .ok, "are installed")] }
        return [Finding(name, .failure, "none are installed on this machine", advice: advice)]
    }
}
