import ConfigurationFile
import Testing

struct TrustedProxiesTests {
    private func proxies(_ networks: String) throws -> TrustedProxies {
        try Files.withSecret.load("trusted_proxies: \(networks)\n\(Files.account)").trustedProxies
    }

    @Test(arguments: [
        // Only the connection's own address is known.
        ("203.0.113.9", nil, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", nil, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        // One proxy of ours, and two.
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        // What is left of an untrusted address cannot be believed.
        ("10.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "junk, 198.51.100.1", "198.51.100.1"),
        // Junk ends the walk.
        ("10.0.0.1", "198.51.100.1, junk", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, junk, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "198.51.100.1, , 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "198.51.100.1,", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1:99999", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1 10.0.0.2", "10.0.0.1"),
        // Spellings of an address.
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", " \t198.51.100.1\t ,10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "2001:DB8::1", "2001:db8::1"),
        ("10.0.0.1", "::ffff:198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"),
        // IPv6, and IPv4 on a socket for both.
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::1", "198.51.100.1, 2001:db8:aa::7", "198.51.100.1"),
        ("2001:db8:ab::7", "198.51.100.1", "2001:db8:ab::7"),
        // A Unix socket counts like a loopback address, one of which is trusted.
        ("unix", "198.51.100.1", "198.51.100.1"), ("unix", nil, "unix"), ("unix", "junk", "unix"),
    ])
    func `the client is the last address that trusted hands passed on`(
        peer: String,
        header: String?,
        client: String
    ) throws {
        let proxies = try proxies("[10.0.0.0/8, ::1, 2001:db8:aa::/48]")
        #expect(proxies.clientAddress(peer: peer, forwardedFor: header) == client)
    }

    @Test(arguments: ["127.0.0.1", "unix"])
    func `without trusted proxies the header is ignored`(peer: String) throws {
        #expect(TrustedProxies().clientAddress(peer: peer, forwardedFor: "198.51.100.1") == peer)
        #expect(try proxies("[10.0.0.0/8]").clientAddress(peer: peer, forwardedFor: "198.51.100.1") == peer)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("10.0.0.0/8", "::10.1.1.1", false), ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false),
        ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false),
        ("::/0", "2001:db8::1", true), ("::/0", "1.2.3.4", false), ("::ffff:10.0.0.0/104", "10.1.1.1", true),
        ("2001:db8::/33", "2001:db8:8000::", false), ("2001:db8::/33", "2001:db8:7fff::", true), ("::1", "::1", true),
    ])
    func `a network holds its addresses and no others`(network: String, address: String, isHeld: Bool) throws {
        #expect(try proxies("['\(network)']").contains(try #require(IPAddress(address))) == isHeld)
    }

    @Test(arguments: [
        "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/33", "::/129", "::1/127", "/8", "10.0.0/8", "a/8",
        "1.2.3.4/8/8",
    ])
    func `a misspelt network is refused`(network: String) {
        #expect(throws: ConfigurationError.self) { try proxies("['\(network)']") }
    }

    @Test func `to trust everyone is warned about`() throws {
        let text = "trusted_proxies: [10.0.0.0/8, 0.0.0.0/0]\n\(Files.account)"
        #expect(try Files.withSecret.load(text).warnings.map { $0.key } == ["trusted_proxies[1]"])
    }
}
