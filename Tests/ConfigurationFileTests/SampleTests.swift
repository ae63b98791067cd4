import ConfigurationFile
import Foundation
import TestSupport
import Testing

/// The configuration that the Debian package installs.
struct SampleTests {
    private let sample: String
    private let files = Files(
        contents: [
            "/run/credentials/secret_eu-shop": "sesame\n", "/run/credentials/secret_by-shop": "sesame\n",
            "/run/credentials/secret_app": Files.webhookSecret,
            "/etc/by-shop.pub": Files.publicKey,
            "/etc/tls.pem": TestIdentity.certificate, "/etc/tls.key": TestIdentity.key,
        ],
        variables: ["CREDENTIALS_DIRECTORY": "/run/credentials"]
    )

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        sample = try String(contentsOf: root.appending(path: "systemd/paystate.yaml"), encoding: .utf8)
    }

    @Test func `as it is installed it lacks accounts, and nothing else`() throws {
        let lines = sample.split(separator: "\n", omittingEmptySubsequences: false)
        let index = try #require(lines.firstIndex(of: "accounts:"))
        #expect(files.problems(sample) == ["\(index + 1): accounts: is empty: add an account"])
    }

    @Test func `what is commented out shows the defaults, and an account of each gateway`() throws {
        let configuration = try files.load(withoutComments)
        let defaults = Configuration(database: .file(""), accounts: [])
        #expect(configuration.database == .file("/var/lib/paystate/paystate.db"))
        #expect(configuration.listen == .systemd)
        #expect(configuration.admin == [.socket(path: "/run/paystate/admin.sock")])
        #expect(try configuration.tls == TestIdentity.tls())
        #expect(configuration.limits == defaults.limits)
        #expect(configuration.reconcile == defaults.reconcile)
        #expect(configuration.retention == defaults.retention)
        #expect(configuration.accounts.map(\.name) == ["eu-shop", "by-shop"])
        #expect(configuration.accounts.map { $0.forwards.map(\.name) } == [["shop"], []])
        #expect(configuration.notify.map(\.name) == ["app"])
        #expect(configuration.warnings.isEmpty)
    }

    /// The sample with its settings uncommented: a setting follows a `#` at its own, even indentation; a sentence
    /// follows `# `.
    private var withoutComments: String {
        sample.replacing(#/(?m)^#(?=(?: {2})*[a-z])/#, with: "")
    }
}
