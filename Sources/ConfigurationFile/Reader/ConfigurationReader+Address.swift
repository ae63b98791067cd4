extension ConfigurationReader {
    /// The base URL of a gateway's service.
    mutating func url(_ item: YAMLValue) -> String? {
        let wanted = "a URL such as https://api.example.com"
        guard let text = text(item, wanted) else { return nil }
        let isSecure = text.hasPrefix("https://")
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        guard isSecure || text.hasPrefix("http://"), !authority.isEmpty,
            rest.utf8.allSatisfy({ 0x21...0x7E ~= $0 && !"@?#\\\"<>".utf8.contains($0) }),
            let place = try? HostAndPort(String(authority), portUnlessGiven: isSecure ? 443 : 80)
        else {
            // A URL may carry a password: it is not repeated.
            refuse(item, "must be \(wanted), without user, query or fragment")
            return nil
        }
        if !isSecure, !place.isLoopback {
            warn(item, Self.unencrypted)
        }
        return text
    }

    static let unencrypted = "http:// to another machine can be read and changed in transit: write https://"

    mutating func listen(_ item: YAMLValue) -> Configuration.Listen? {
        parsed(item, "host:port, [v6]:port or systemd") { text throws(InvalidValue) in
            text == "systemd" ? .systemd : .address(try HostAndPort(text))
        }
    }

    /// Warns if plain HTTP leaves this machine: anyone on the way could read the buyers' data in callbacks, and a Basic
    /// password.
    mutating func warnOfPlainHTTP(_ listen: Configuration.Listen, _ item: YAMLValue) {
        let remedy = "set `tls`, or listen on 127.0.0.1 behind a proxy that terminates TLS"
        switch listen {
        case .address(let address) where !address.isLoopback:
            warn(item, "\(address) is reachable from other machines, and without `tls` it serves plain HTTP: \(remedy)")
        case .address: break
        case .systemd:
            guard let address = environment.unit?.addresses.first(where: { isPublic($0) }) else { return }
            warn(
                item,
                """
                \(InstalledUnit.socket) listens on \(address), reachable from other machines, and without `tls` it \
                serves plain HTTP: \(remedy)
                """
            )
        }
    }

    /// - Parameter address: as in `ListenStream=`. A port alone stands for all addresses.
    private func isPublic(_ address: String) -> Bool {
        guard UInt16(address) == nil else { return true }
        return (try? HostAndPort(address)).map { !$0.isLoopback } ?? false
    }

    mutating func admin(_ item: YAMLValue) -> [AdminAddress] {
        let wanted = "the /path of a Unix socket, or loopback host:port"
        return list(item, of: "socket paths and loopback addresses").compactMap { item in
            let address = parsed(item, wanted, AdminAddress.init)
            if case .socket(let path) = address { expectFolder(of: path, item) }
            return address
        }
    }

    mutating func adminHosts(_ item: YAMLValue) -> [String] {
        let wanted = "a host's name such as paystate.example.com"
        return list(item, of: "host names").compactMap { item in
            parsed(item, wanted) { text throws(InvalidValue) in
                guard let host = (try? HostAndPort("\(text):0"))?.host else {
                    throw InvalidValue(explanation: "\(shown(text)) is not \(wanted), without a port")
                }
                return host.lowercased()
            }
        }
    }

    mutating func trustedProxies(_ item: YAMLValue) -> TrustedProxies {
        let wanted = "a network such as 10.0.0.0/8 or ::1/128"
        let items = list(item, of: "networks such as 10.0.0.0/8 or ::1/128")
        var networks: [Network] = []
        for item in items {
            guard let network = parsed(item, wanted, Network.init) else { continue }
            if network.length == 0 { warn(item, "trusts everyone: anyone can make up the address that is recorded") }
            networks.append(network)
        }
        return TrustedProxies(networks)
    }
}
