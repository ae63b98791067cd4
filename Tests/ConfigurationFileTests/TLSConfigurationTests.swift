import ConfigurationFile
import Payments
import TestSupport
import Testing

struct TLSConfigurationTests {
    private static let text = "tls: {certificate: tls.pem, private_key: tls.key}\n\(Files.account)"

    private func files(_ certificate: String, _ key: String) -> Files {
        Files(contents: ["/etc/tls.pem": certificate, "/etc/tls.key": key], variables: ["SECRET": "sesame"])
    }

    @Test(arguments: [
        ("", TestIdentity.key, "1: tls.certificate: /etc/tls.pem is not a chain of certificates in PEM"),
        ("nonsense", TestIdentity.key, "1: tls.certificate: /etc/tls.pem is not a chain"),
        (TestIdentity.key, TestIdentity.key, "1: tls.certificate: /etc/tls.pem is not a chain"),
        (
            TestIdentity.certificate.replacing("\nM", with: "\nA"), TestIdentity.key,
            "1: tls.certificate: /etc/tls.pem is not a chain"
        ),
        (TestIdentity.certificate, "", "1: tls.private_key: /etc/tls.key holds no private key in PEM"),
        (TestIdentity.certificate, "nonsense", "1: tls.private_key: /etc/tls.key holds no private key"),
        (TestIdentity.certificate, TestIdentity.certificate, "1: tls.private_key: /etc/tls.key holds no private key"),
        (TestIdentity.certificate, TestIdentity.lockedKey, "1: tls.private_key: /etc/tls.key is locked"),
        (TestIdentity.certificate, TestIdentity.otherKey, "1: tls.private_key: /etc/tls.key is not the key"),
        (TestIdentity.otherCertificate, TestIdentity.key, "1: tls.private_key: /etc/tls.key is not the key"),
    ])
    func `files that are of no use are refused by name`(certificate: String, key: String, problem: String) {
        let problems = files(certificate, key).problems(Self.text)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(problem) == true, "\(problems)")
    }

    @Test func `both may be in one file, and the first certificate to end is the end`() throws {
        let both = TestIdentity.certificate + TestIdentity.key
        let configuration = try files(both, both).load(Self.text)
        #expect(configuration.tls?.identity.expiresAt == TestIdentity.expiresAt)
        #expect(try TLSIdentity.expiry(certificate: Array(both.utf8)) == TestIdentity.expiresAt)
        #expect(configuration.warnings == [])
    }

    @Test(arguments: [
        (Duration.seconds(15 * 86_400), nil), (.seconds(13 * 86_400), "expires at 2125-"), (.zero, "expired at 2125-"),
        (.seconds(-86_400), "expired at 2125-"),
    ])
    func `an end that is near is warned of, and keeps nobody from starting`(left: Duration, word: String?) throws {
        var files = files(TestIdentity.certificate, TestIdentity.key)
        files.now = TestIdentity.expiresAt + .zero - left
        let warnings = try files.load(Self.text).warnings
        #expect(warnings.map { $0.key } == (word == nil ? [] : ["tls.certificate"]))
        #expect(warnings.first?.explanation.contains(word ?? "") ?? (word == nil))
    }

    @Test func `a key that everyone may read is warned of, a certificate is for everyone`() throws {
        var files = files(TestIdentity.certificate, TestIdentity.key)
        files.worldReadable = ["/etc/tls.pem", "/etc/tls.key"]
        #expect(try files.load(Self.text).warnings.map { $0.key } == ["tls.private_key"])
    }
}
