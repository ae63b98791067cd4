import ConfigurationFile
import Gateways
import Testing

/// `secret` of a target of `notify`: a secret of Standard Webhooks.
struct WebhookSecretTests {
    private static let advice = "make one with `echo \"whsec_$(openssl rand -base64 24)\"`"
    /// 24, 23, 16 and 64 times an x.
    private static let standard = "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
    private static let short = "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="
    private static let shortest = "eHh4eHh4eHh4eHh4eHh4eA=="
    private static let longest =
        "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eA=="

    /// A target whose secret is a file with this text.
    private func load(_ secret: String) throws(ConfigurationError) -> Configuration {
        let files = Files(contents: ["/etc/app.key": secret], variables: ["SECRET": "sesame"])
        return try files.load("notify: [{to: 'https://app.example', secret: {file: app.key}}]\n\(Files.account)")
    }

    @Test(arguments: [
        ("whsec_\(standard)", 24, false), ("whsec_\(standard)\n", 24, false), (standard, 24, false),
        ("whsec_\(longest)", 64, false), ("whsec_\(short)", 23, true), ("\(shortest)\r\n", 16, true),
    ])
    func `it is decoded, with or without its prefix`(text: String, count: Int, isShort: Bool) throws {
        let configuration = try load(text)
        #expect(configuration.notify.map(\.secret.bytes) == [Array(repeating: UInt8(ascii: "x"), count: count)])
        #expect(configuration.notify.map(\.secret.name) == ["app.key"])
        let warning =
            "/etc/paystate.yaml:1: notify[0].secret: is shorter than the 24 bytes that Standard Webhooks wants: "
        #expect(configuration.warnings.map(\.description) == (isShort ? [warning + Self.advice] : []))
    }

    @Test(arguments: [
        ("hunter2", "is no secret of Standard Webhooks, which is whsec_ and padded base64: "),
        ("whsk_\(standard)", "is no secret of Standard Webhooks, which is whsec_ and padded base64: "),
        ("whsec_\(standard)\n\n", "is no secret of Standard Webhooks, which is whsec_ and padded base64: "),
        ("whsec_\(shortest.dropLast(2))", "is no secret of Standard Webhooks, which is whsec_ and padded base64: "),
        ("whsec_----\(standard)", "is no secret of Standard Webhooks, which is whsec_ and padded base64: "),
        ("whsec_hunter2hunter2aaaaaa", "decodes to fewer than 16 bytes, which can be guessed: "),
        ("hunter2hunter2aaaaaa", "decodes to fewer than 16 bytes, which can be guessed: "),
        ("whsec_AAAA\(longest)", "decodes to more than the 64 bytes that Standard Webhooks allows: "),
    ])
    func `anything else is refused, with how to make one`(text: String, explanation: String) {
        let error = #expect(throws: ConfigurationError.self) { try load(text) }
        let problem = "/etc/paystate.yaml:1: notify[0].secret: \(explanation)\(Self.advice)"
        #expect(error?.description == problem)
    }

    @Test func `it is in no print, dump or mirror, neither as text nor decoded`() throws {
        let configuration = try load("whsec_\(Self.standard)")
        var everything = "\(configuration) \(String(reflecting: configuration)) \(configuration.notify)"
        dump(configuration, to: &everything)
        dump(configuration.notify, to: &everything)
        dump(configuration.publicConfiguration, to: &everything)
        #expect(!everything.contains("eHh4") && !everything.contains("xxx"))
        // The byte of an x, as `dump` shows it.
        var secrets = ""
        dump(configuration.notify.map(\.secret), to: &secrets)
        #expect(!secrets.contains("120"))
        #expect(everything.contains("https://app.example"))
    }
}
