/// The proxies in front of the daemon. Only they are believed when they state the client of a request that they pass
/// on.
package struct TrustedProxies: Sendable, Equatable {
    private let networks: [Network]

    /// Trusts no proxy.
    package init() {
        networks = []
    }

    init(_ networks: [Network]) {
        self.networks = networks
    }

    package func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }

    /// The address of the client that made a request.
    ///
    /// `X-Forwarded-For` is read from the right, where our own proxies write, and only as far as trusted proxies have
    /// passed it on: anything further to the left may have been made up by anyone. The walk ends at an entry that is
    /// not an address, with the last one that is.
    ///
    /// A peer on a Unix socket is on this machine, and is therefore trusted if the loopback addresses are.
    ///
    /// - Parameters:
    ///   - peer: the address of the connection, or any other word for a connection without one (a Unix socket).
    ///   - forwardedFor: the header's values, joined by commas.
    package func clientAddress(peer: String, forwardedFor: String?) -> String {
        var client = IPAddress(peer)
        var entries = (forwardedFor ?? "")[...]
        while client.map(contains) ?? containsLoopback, !entries.isEmpty {
            let comma = entries.lastIndex(of: ",")
            let entry = entries[(comma.map(entries.index(after:)) ?? entries.startIndex)...]
            guard let address = Self.address(entry) else { break }
            client = address
            entries = entries[..<(comma ?? entries.startIndex)]
        }
        return client?.description ?? peer
    }

    private var containsLoopback: Bool {
        ["127.0.0.1", "::1"].contains { IPAddress($0).map(contains) == true }
    }

    /// An entry is `v4`, `v4:port`, `v6`, `[v6]` or `[v6]:port`.
    private static func address(_ entry: Substring) -> IPAddress? {
        let text = entry.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
        let word = String(text)
        if let address = IPAddress(word) { return address }
        // Port 0 stands in for a missing port; the port does not matter.
        return (try? HostAndPort(word, portUnlessGiven: 0)).flatMap { IPAddress($0.host) }
    }
}
