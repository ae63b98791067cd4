import ConfigurationFile
import Gateways
import Testing

struct SecretTests {
    /// An ecommpay account with this list of secrets.
    private func text(_ secrets: String) -> String {
        "accounts: {a: {gateway: ecommpay, project_id: 1, secrets: \(secrets)}}"
    }

    private let files = Files(
        contents: [
            "/etc/plain": "sesame", "/etc/newline": "sesame\n", "/etc/crlf": "sesame\r\n", "/etc/empty": "\n",
            "/etc/huge": String(repeating: "s", count: 65_537),
            "/etc/large": String(repeating: "s", count: 65_536) + "\r\n",
            "/run/credentials/shop": "sesame",
        ],
        worldReadable: ["/etc/plain"],
        variables: ["CREDENTIALS_DIRECTORY": "/run/credentials", "SECRET": "sesame\n", "EMPTY": ""]
    )

    @Test(arguments: ["{file: newline}", "{file: /etc/crlf}", "{file: large}", "{credential: shop}", "{env: SECRET}"])
    func `a secret is read from where it is kept`(secret: String) throws {
        let configuration = try files.load(text("[\(secret)]"))
        #expect(configuration.accounts.count == 1)
        #expect(configuration.warnings == [])
    }

    @Test(arguments: [
        ("{file: empty}", ".file", "is empty"),
        ("{file: huge}", ".file", "larger than"),
        ("{file: nowhere}", ".file", "/etc/nowhere does not exist"),
        ("{env: EMPTY}", ".env", "is empty"),
        ("{env: NO}", ".env", "in quotes"),
        ("{value: ''}", ".value", "is empty"),
        ("{value: 5}", ".value", "in quotes"),
        ("{credential: other}", ".credential", "LoadCredential=other:PATH"),
        ("{credential: ../shop}", ".credential", "plain name"),
        ("{credential: ..}", ".credential", "plain name"),
        ("{}", "", "one of {credential: NAME}"),
        ("{file: plain, env: SECRET}", "", "one of {credential: NAME}"),
        ("sesame", "", "one of {credential: NAME}"),
    ])
    func `a secret that cannot be had is named`(secret: String, key: String, advice: String) {
        let problems = files.problems(text("[\(secret)]"))
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy { $0.hasPrefix("1: accounts.a.secrets[0]\(key): ") && $0.contains(advice) },
            "\(problems)"
        )
    }

    @Test func `a credential outside of a unit is explained`() {
        let problems = Files().problems(text("[{credential: shop}]"))
        #expect(problems.allSatisfy { $0.contains("$CREDENTIALS_DIRECTORY") })
        #expect(problems.count == 1)
    }

    @Test func `a secret that others may read is warned about`() throws {
        let warnings = try files.load(text("[{value: sesame}, {file: plain}]")).warnings.map { $0.description }
        #expect(
            warnings == [
                "/etc/paystate.yaml:1: accounts.a.secrets[0].value: "
                    + "a secret is in the configuration itself: move it to a file, and write {file: PATH}",
                "/etc/paystate.yaml:1: accounts.a.secrets[1].file: "
                    + "every user may read /etc/plain: chmod o-r, or load it as a credential",
            ]
        )
    }

    @Test func `a public key is no secret`() throws {
        let text = """
            accounts:
              a: {gateway: ecomcharge, shop_id: 1, secret: {env: SECRET}, public_key: {value: "\(Files.publicKey)"}}
            """
        #expect(try files.load(text).warnings == [])
    }

    @Test(arguments: [("http://10.0.0.1", 1), ("http://127.0.0.1:1", 0), ("http://localhost", 0), ("https://b.c", 0)])
    func `plain HTTP to another machine is warned about`(url: String, warnings: Int) throws {
        let text = "accounts: {a: {gateway: ecommpay, project_id: 1, secrets: [{env: SECRET}], api_url: '\(url)'}}"
        #expect(try files.load(text).warnings.count == warnings)
    }

    /// Every place where a secret may end up by mistake, or on its way.
    @Test(arguments: [
        "secrets: [{value: hunter2}], project_id: x",
        "secrets: [hunter2]",
        "secrets: hunter2",
        "secrets: [{hunter2}]",
        "secrets: [{hunter2: hunter2}]",
        "secrets: [{value: hunter2, value: hunter2}]",
        "secrets: [{hunter2: 1, hunter2: 2}]",
        "secrets: [{value: [hunter2]}]",
        "secrets: [{value: {hunter2: 1}}]",
        "secrets: [{value: &hunter2 hunter2}]",
        "secrets: [{value: !hunter2 hunter2}]",
        "secrets: [{env: hunter2}]",
        "secrets: [{value: \"hunter2}]",
        "secrets: [{value: hunter2}}]",
        "project_id: hunter2, secrets: [{file: secret}]",
        "api_url: 'https://hunter2@example.com', secrets: [{file: secret}]",
    ])
    func `a secret is in no message`(account: String) {
        let files = Files(contents: ["/etc/secret": "hunter2"])
        let error = #expect(throws: ConfigurationError.self) {
            try files.load("accounts: {a: {gateway: ecommpay, \(account)}}")
        }
        var everything = "\(String(reflecting: error)) \(error.map { $0.description } ?? "")"
        dump(error, to: &everything)
        #expect(!everything.contains("hunter2"))
    }

    @Test func `a secret shows in no print, dump or mirror of the configuration`() throws {
        let configuration = try files.load(text("[{value: hunter2}]"))
        var everything = "\(configuration) \(String(reflecting: configuration))"
        dump(configuration, to: &everything)
        #expect(!everything.contains("hunter2"))
        #expect(everything.contains("a (ecommpay)"))
        var account = ""
        dump(configuration.accounts, to: &account)
        // The bytes of «h» and «u», as `dump` shows them.
        #expect(!account.contains("104") && !account.contains("117"))
    }
}
