import ConfigurationFile
import Testing

struct AddressTests {
    private func listen(_ text: String) -> Configuration.Listen? {
        try? Files.withSecret.load("listen: '\(text)'\n\(Files.account)").listen
    }

    @Test(arguments: [
        ("127.0.0.1:0", "127.0.0.1", 0),
        ("0.0.0.0:65535", "0.0.0.0", 65_535),
        ("[::]:80", "::", 80),
        ("[::ffff:1.2.3.4]:80", "::ffff:1.2.3.4", 80),
        ("localhost:80", "localhost", 80),
        ("a-1.example.com:80", "a-1.example.com", 80),
    ])
    func `a listener's address is a host and a port`(text: String, host: String, port: Int) {
        #expect(listen(text) == .address(HostAndPort(host: host, port: port)))
    }

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:65536", "127.0.0.1:+80", "127.0.0.1:8 0", "::1:80", "::1", "[::1]",
        "[::1]80", "[127.0.0.1]:80", "[::1:80", "[localhost]:80", "*:80", "999.1.1.1:80", "1.2.3:80", "a..b:80",
        "-a:80", "a_b:80", "fe80::1%eth0:80", "unix:/run/a.sock", "http://a:80", "a b:80", "systemd:80:80",
    ])
    func `anything else is no listener's address`(text: String) {
        #expect(listen(text) == nil)
    }

    @Test(arguments: ["127.0.0.1:9090", "127.9.9.9:1", "[::1]:1", "localhost:0", "[::ffff:127.0.0.1]:1", "/run/a.sock"])
    func `the admin listener is on this machine`(text: String) throws {
        let configuration = try Files.withSecret.load("admin: ['\(text)']\n\(Files.account)")
        #expect(configuration.admin.map { $0.description } == [text])
    }

    @Test(arguments: [
        "0.0.0.0:9090", "[::]:9090", "128.0.0.1:9090", "10.0.0.1:9090", "[::2]:9090", "[::ffff:10.0.0.1]:1",
        "example.com:1", "localhost.example.com:1", "run/a.sock", "./a.sock", "/run/", "systemd", "127.0.0.1",
        "@abstract",
        "/\(String(repeating: "a", count: 107))",
    ])
    func `the admin listener is nowhere else`(text: String) {
        #expect(throws: ConfigurationError.self) {
            try Files.withSecret.load("admin: ['\(text)']\n\(Files.account)")
        }
    }

    @Test(arguments: [
        ("1.2.3.4", "1.2.3.4"), ("::ffff:1.2.3.4", "1.2.3.4"), ("2001:DB8:0:0::1", "2001:db8::1"), ("::", "::"),
        ("::1.2.3.4", "::1.2.3.4"), ("0.0.0.0", "0.0.0.0"),
    ])
    func `an address has one text`(text: String, canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4\0", "1.2.3.4 ", "::1%lo", "[::1]", ":::", "g::", "localhost",
    ])
    func `what only resembles an address is none`(text: String) {
        #expect(IPAddress(text) == nil)
    }
}
