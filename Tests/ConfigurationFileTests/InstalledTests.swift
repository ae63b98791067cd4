import ConfigurationFile
import TestSupport
import Testing

/// A configuration on a machine where Paystate is installed, read by a command outside its unit.
@Suite struct InstalledTests {
    private static let service = """
        # /lib/systemd/system/paystate.service
        [Service]
        # LoadCredential=commented:/etc/no
        LoadCredential=secret:/etc/paystate/secrets
        StateDirectory=paystate
        RuntimeDirectory=paystate \\
          other
        SetCredential=secret:\\n

        # /etc/systemd/system/paystate.service.d/credentials.conf
        LoadCredential=by-shop:/root/keys/by-shop
        LoadCredentialEncrypted=enc:/etc/credstore.encrypted/enc
        LoadCredential=from-credential-store
        """
    private let files = Files(
        contents: ["/etc/paystate/secrets/eu-shop": "sesame\n", "/root/keys/by-shop": "sesame"],
        unit: InstalledUnit(service: service, socket: "[Socket]\nListenStream=127.0.0.1:8080\nListenStream=[::1]:8080")
    )

    private func text(_ credential: String) -> String {
        "accounts: {a: {gateway: ecommpay, project_id: 1, secrets: [{credential: \(credential)}]}}"
    }

    @Test(arguments: ["secret_eu-shop", "by-shop"])
    func `a credential is looked for where the unit has it from`(name: String) throws {
        #expect(try files.load(text(name)).accounts.count == 1)
    }

    @Test(arguments: [
        ("secret_new", "/etc/paystate/secrets/new does not exist, from where paystate.service loads it"),
        ("secret_", "/etc/paystate/secrets/ does not exist"),
        ("other", "paystate.service loads no such credential: add LoadCredential=other:PATH to the unit"),
        ("from-credential-store", "loads no such credential"), ("commented", "loads no such credential"),
        ("enc", "/etc/credstore.encrypted/enc cannot be decrypted: does it exist, and is this run with sudo?"),
    ])
    func `one that is not there is named with the place where it should be`(name: String, words: String) {
        let problems = files.problems(text(name))
        #expect(problems.count == 1 && problems.allSatisfy { $0.contains(words) }, "\(problems)")
    }

    @Test func `in the unit itself nothing but what systemd handed over counts`() {
        var files = files
        files.variables["CREDENTIALS_DIRECTORY"] = "/run/credentials"
        let problems = files.problems(text("secret_eu-shop"))
        #expect(
            problems == [
                """
                1: accounts.a.secrets[0].credential: /run/credentials/secret_eu-shop does not exist: put it into \
                /etc/paystate/secrets/eu-shop and restart paystate, or add LoadCredential=secret_eu-shop:PATH to the unit
                """
            ]
        )
    }

    @Test func `a drop-in that begins anew takes back what was before`() {
        let unit = InstalledUnit(service: Self.service + "\nLoadCredential=\nLoadCredential=a:/b\n", socket: "")
        #expect(unit.secretPaths == ["/b"])
        #expect(unit.source(of: "secret_eu-shop") == nil)
    }

    @Test func `a folder that is missing is named, but for those that systemd makes`() throws {
        let text =
            "database: /data/db/p.db\nadmin: [/run/paystate/a.sock, /run/x/a.sock, 127.0.0.1:1]\n\(Files.account)"
        var files = Files(
            variables: ["SECRET": "x"],
            unit: self.files.unit,
            missingFolders: ["/data/db", "/run/paystate", "/run/x"]
        )
        func obstacles() throws -> [String] { try files.load(text).obstacles.map { "\($0.line ?? 0): \($0.key)" } }
        #expect(try obstacles() == ["1: database", "2: admin[1]"])
        #expect(try files.load(text).obstacles.allSatisfy { $0.explanation.contains("install -d -o paystate") })
        files.unit = nil
        #expect(try obstacles() == ["1: database", "2: admin[0]", "2: admin[1]"])
        files.missingFolders = []
        #expect(try obstacles() == [])
    }

    @Test(arguments: [
        (
            "gateway: ecommpay, project_id: 7, secrets: [{value: x}]",
            "gateway: ecommpay, project_id: 7, secrets: [{value: y}]", true
        ),
        (
            "gateway: ecommpay, project_id: 7, secrets: [{value: x}]",
            "gateway: ecommpay, project_id: 8, secrets: [{value: x}]", false
        ),
        (
            "gateway: ecommpay, project_id: 7, secrets: [{value: x}]",
            "gateway: ecommpay, project_id: 7, secrets: [{value: x}], api_url: 'https://other.example'", false
        ),
        (
            "gateway: ecomcharge, shop_id: 7, secret: {value: x}",
            "gateway: ecomcharge, shop_id: 7, secret: {value: x}", true
        ),
        (
            "gateway: ecomcharge, shop_id: 7, secret: {value: x}",
            "gateway: ecommpay, project_id: 7, secrets: [{value: x}]", false
        ),
    ])
    func `the same project or shop under two names is warned about`(one: String, other: String, isTwin: Bool) throws {
        let warnings = try Files().load("accounts:\n  one: {\(one)}\n  other: {\(other)}\n").warnings
        let named = warnings.filter { $0.key == "accounts.other" }
        #expect(named.map(\.line) == (isTwin ? [3] : []))
        #expect(named.allSatisfy { $0.explanation.contains("`one` in line 2") })
    }

    @Test(arguments: [
        ("0.0.0.0:8080", true), ("203.0.113.7:80", true), ("[::]:80", true), ("shop.example:80", true),
        ("127.0.0.1:8080", false), ("[::1]:8080", false), ("localhost:1", false), ("systemd", false),
    ])
    func `plain HTTP where others can reach it is warned about`(listen: String, isWarned: Bool) throws {
        var files = files
        files.variables["SECRET"] = "x"
        files.contents["/etc/c.pem"] = TestIdentity.certificate
        files.contents["/etc/k.pem"] = TestIdentity.key
        let text = "listen: '\(listen)'\n\(Files.account)"
        #expect(try files.load(text).warnings.map(\.key) == (isWarned ? ["listen"] : []))
        #expect(try files.load("tls: {certificate: c.pem, private_key: k.pem}\n\(text)").warnings.isEmpty)
    }

    @Test(arguments: [("443", true), ("0.0.0.0:80", true), ("/run/paystate/http.sock", false), ("127.0.0.1:80", false)])
    func `also where it is the socket unit that listens`(address: String, isWarned: Bool) throws {
        let socket = "ListenStream=127.0.0.1:8080\nListenStream=\nListenStream=\(address)\n"
        let files = Files(variables: ["SECRET": "x"], unit: InstalledUnit(service: "", socket: socket))
        let warnings = try files.load("listen: systemd\n\(Files.account)").warnings
        #expect(warnings.map(\.key) == (isWarned ? ["listen"] : []))
        #expect(warnings.allSatisfy { $0.explanation.contains("paystate.socket listens on \(address)") })
    }
}
