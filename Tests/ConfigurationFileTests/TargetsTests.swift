import ConfigurationFile
import Gateways
import Testing

/// `forward` of an account, and `notify`.
struct TargetsTests {
    private static let secret = "whsec_eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
    private let files = Files(
        contents: ["/etc/app.key": TargetsTests.secret, "/run/credentials/app": "\(TargetsTests.secret)\n"],
        variables: ["SECRET": "sesame", "APP": TargetsTests.secret, "CREDENTIALS_DIRECTORY": "/run/credentials"]
    )

    /// A file whose account has this list under `forward`.
    private func forwarding(_ list: String) -> String {
        """
        accounts:
          a:
            gateway: ecommpay
            project_id: 1
            secrets: [{env: SECRET}]
            forward: \(list)

        """
    }

    /// A file with this list under `notify`.
    private func notifying(_ list: String) -> String {
        "notify: \(list)\n" + forwarding("[]") + "  b-2: {gateway: ecommpay, project_id: 2, secrets: [{env: SECRET}]}\n"
    }

    // MARK: What is read

    @Test func `everything that can be said of whom callbacks are forwarded to is read`() throws {
        let text = """
            [{to: "http://127.0.0.1:8088/?wc-api=ecommpay", name: shop, timeout: 5s, give_up_after: 2h, concurrency: 64},
             {to: "https://Books.example/x"}]
            """
        let configuration = try files.load(forwarding(text.replacing("\n", with: " ")))
        #expect(
            configuration.accounts.map(\.forwards) == [
                [
                    ForwardTarget(
                        name: "shop",
                        url: try DeliveryURL("http://127.0.0.1:8088/?wc-api=ecommpay"),
                        timeout: .seconds(5),
                        giveUpAfter: .seconds(7200),
                        concurrency: 64
                    ),
                    ForwardTarget(
                        name: "books-example",
                        url: try DeliveryURL("https://Books.example/x"),
                        timeout: .seconds(15),
                        giveUpAfter: .seconds(3 * 86_400),
                        concurrency: 4
                    ),
                ]
            ]
        )
        #expect(configuration.warnings == [])
        #expect(try files.load(Files.account).accounts.map(\.forwards) == [[]])
    }

    @Test func `everything that can be said of who is notified is read`() throws {
        let text = """
            notify:
              - {to: https://app.example/paystate, name: app, secret: {credential: app}, accounts: [b-2, a], from: 0,
                 timeout: 500ms, give_up_after: 1d}
              - to: http://localhost:81
                secret: {env: APP}
                from: 17

            """
        let configuration = try files.load(notifying("[]").replacing("notify: []\n", with: text))
        let bytes = Array(repeating: UInt8(ascii: "x"), count: 24)
        #expect(
            configuration.notify == [
                NotifyTarget(
                    name: "app",
                    url: try DeliveryURL("https://app.example/paystate"),
                    secret: Secret(name: "app", bytes: bytes),
                    accounts: ["b-2", "a"],
                    from: 0,
                    timeout: .milliseconds(500),
                    giveUpAfter: .seconds(86_400)
                ),
                NotifyTarget(
                    name: "localhost",
                    url: try DeliveryURL("http://localhost:81"),
                    secret: Secret(name: "APP", bytes: bytes),
                    accounts: [],
                    from: 17,
                    timeout: .seconds(15),
                    giveUpAfter: .seconds(3 * 86_400)
                ),
            ]
        )
        #expect(configuration.warnings == [])
        #expect(try files.load(Files.account).notify == [])
        let plain = try files.load(notifying("[{to: 'https://127.0.0.1', secret: {file: app.key}}]"))
        #expect(plain.notify.map(\.from) == [nil])
        #expect(plain.notify.map(\.name) == ["127-0-0-1"])
    }

    // MARK: What is wrong

    private static let forwardKeys = "to, name, timeout, give_up_after, concurrency"

    /// Lists under `forward` that are wrong, each with the key and all that is said.
    @Test(arguments: [
        ("", "", "is empty: write a list of targets such as {to: URL} in [ ], or remove the key"),
        ("https://app.example", "", "must be a list of targets such as {to: URL} in [ ], not a text"),
        ("{to: https://app.example}", "", "must be a list of targets such as {to: URL} in [ ], not a mapping"),
        ("[https://app.example]", "[0]", "must be a mapping of \(forwardKeys), not a text"),
        ("[{name: shop}]", "[0]", "lacks `to`: add the URL that requests go to, such as https://app.example/paystate"),
        ("[{to: 5}]", "[0].to", "must be a URL such as https://app.example/paystate, not a number"),
        ("[{to: }]", "[0].to", "is empty: write a URL such as https://app.example/paystate, or remove the key"),
        (
            "[{to: ftp://app.example}]", "[0].to",
            "must begin with https:// or http://, such as https://app.example/paystate"
        ),
        (
            "[{to: 'https://me:hunter2@app.example'}]", "[0].to",
            "the URL holds a user or a password, which no delivery sends: remove all up to the @"
        ),
        (
            "[{to: https://app.example, too: x}]", "[0].too",
            "is not a known key: did you mean to? Known here are \(forwardKeys)"
        ),
        (
            "[{to: https://app.example, secret: {env: SECRET}}]", "[0].secret",
            "is not a known key: remove it, or use one of \(forwardKeys)"
        ),
        ("[{to: https://app.example, to: x}]", "[0].to", "is given twice here, first in line 6: keep one"),
        (
            "[{to: https://app.example, name: The Shop}]", "[0].name",
            "`The Shop` is not a name: write 1 to 64 of a-z, 0-9 and -"
        ),
        ("[{to: https://app.example, name: 5}]", "[0].name", "must be a name such as shop, not a number"),
        (
            "[{to: 'https://[2001:db8::1]/'}]", "[0]",
            "lacks `name`: its host cannot serve as one, so add 1 to 64 of a-z, 0-9 and -"
        ),
        (
            "[{to: https://app.example}, {to: https://app.example/x}]", "[1]",
            "`app-example` is the name of two targets, first in line 6: give one of them another `name`"
        ),
        (
            "[{to: https://a.example, name: shop}, {to: https://b.example, name: shop}]", "[1].name",
            "`shop` is the name of two targets, first in line 6: give one of them another `name`"
        ),
        ("[{to: https://app.example, timeout: 0s}]", "[0].timeout", "must be longer than 0s"),
        ("[{to: https://app.example, timeout: 5}]", "[0].timeout", "must be a duration such as 10s, not a number"),
        ("[{to: https://app.example, give_up_after: 0d}]", "[0].give_up_after", "must be longer than 0s"),
        (
            "[{to: https://app.example, concurrency: 0}]", "[0].concurrency",
            "must be a whole number from 1 to 64, in decimal digits only"
        ),
        (
            "[{to: https://app.example, concurrency: 65}]", "[0].concurrency",
            "must be a whole number from 1 to 64, in decimal digits only"
        ),
    ])
    func `a wrong target of forward is named, and what to write instead`(list: String, key: String, advice: String) {
        #expect(files.problems(forwarding(list)) == ["6: accounts.a.forward\(key): \(advice)"])
    }

    private static let notifyKeys = "to, name, secret, accounts, from, timeout, give_up_after"

    /// Targets of `notify` that are wrong, each with the key and all that is said.
    @Test(arguments: [
        ("https://app.example", "", "must be a mapping of \(notifyKeys), not a text"),
        (
            "{to: https://app.example}", "",
            "lacks `secret`: make one with `echo \"whsec_$(openssl rand -base64 24)\"`, and give it as {file: PATH}"
        ),
        (
            "{secret: {env: APP}}", "",
            "lacks `to`: add the URL that requests go to, such as https://app.example/paystate"
        ),
        (
            "{to: https://app.example, secret: hunter2}", ".secret",
            "must be one of {credential: NAME}, {file: PATH}, {env: NAME} or {value: TEXT}, not a text"
        ),
        (
            "{to: https://app.example, secret: {file: nowhere}}", ".secret.file",
            "/etc/nowhere does not exist"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, concurrency: 4}", ".concurrency",
            "is not a known key: remove it, or use one of \(notifyKeys)"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, accounts: a}", ".accounts",
            "must be a list of account names in [ ], not a text"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, accounts: []}", ".accounts",
            "is an empty list: give it at least one account, or remove the key for all accounts"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, accounts: [a, b-3]}", ".accounts[1]",
            "`b-3` is not an account: did you mean b-2?"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, accounts: [another]}", ".accounts[0]",
            "`another` is not an account: write a name that stands in `accounts`"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, accounts: [a, a]}", ".accounts[1]",
            "`a` is in this list twice: keep one"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, accounts: [5]}", ".accounts[0]",
            "must be an account's name (in quotes, if YAML reads it as something else), not a number"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, from: beginning}", ".from",
            "must be a whole number from 0 to 9223372036854775807, in decimal digits only"
        ),
        (
            "{to: https://app.example, secret: {env: APP}, from: -1}", ".from",
            "must be a whole number from 0 to 9223372036854775807, in decimal digits only"
        ),
        ("{to: https://app.example, secret: {env: APP}, timeout: 0s}", ".timeout", "must be longer than 0s"),
    ])
    func `a wrong target of notify is named, and what to write instead`(target: String, key: String, advice: String) {
        #expect(files.problems(notifying("[\(target)]")) == ["1: notify[0]\(key): \(advice)"])
    }

    @Test func `all that is wrong with a target is told at once`() {
        let list = "[{to: x, name: X, timeout: 1, accounts: [c], from: x}, {to: y, secret: {file: nowhere}}]"
        let error = #expect(throws: ConfigurationError.self) { try files.load(notifying(list)) }
        #expect(
            error?.problems.map(\.key).sorted() == [
                "notify[0]", "notify[0].accounts[0]", "notify[0].from", "notify[0].name", "notify[0].timeout",
                "notify[0].to", "notify[1].secret.file", "notify[1].to",
            ]
        )
    }

    @Test func `a name may be used once in each list`() throws {
        let text = """
            notify: [{to: https://app.example, name: app, secret: {env: APP}}]
            accounts:
              a: {gateway: ecommpay, project_id: 1, secrets: [{env: SECRET}], forward: [{to: https://x.example, name: app}]}
              b: {gateway: ecommpay, project_id: 2, secrets: [{env: SECRET}], forward: [{to: https://x.example, name: app}]}
            """
        #expect(try files.load(text).warnings == [])
    }

    @Test func `forward that is indented too little is named, and where it belongs`() {
        let text = forwarding("[]").replacing("    forward", with: "  forward")
        #expect(
            files.problems(text) == [
                "6: accounts.forward: is a key of an account: indent it with spaces below the account's name"
            ]
        )
    }

    // MARK: What is unwise

    @Test(arguments: [
        ("http://10.0.0.1", true), ("http://shop:8088/x", true), ("http://[2001:db8::1]:80", true),
        ("http://127.0.0.1:8088", false), ("http://[::1]", false), ("http://LocalHost", false),
        ("https://10.0.0.1", false),
    ])
    func `plain HTTP to another machine is warned about`(url: String, isWarned: Bool) throws {
        let warning = "http:// to another machine can be read and changed in transit: write https://"
        let forward = try files.load(forwarding("[{to: '\(url)', name: x}]")).warnings.map(\.description)
        #expect(forward == (isWarned ? ["/etc/paystate.yaml:6: accounts.a.forward[0].to: \(warning)"] : []))
        let notify = try files.load(notifying("[{to: '\(url)', name: x, secret: {env: APP}}]")).warnings
        #expect(notify.map(\.description) == (isWarned ? ["/etc/paystate.yaml:1: notify[0].to: \(warning)"] : []))
    }

    @Test func `two of an account that are the same URL are warned about`() throws {
        let url = "'https://shop.example/?key=hunter2'"
        let list = "[{to: \(url), name: one}, {to: \(url), name: two}, {to: 'https://shop.example/?key=3'}]"
        #expect(
            try files.load(forwarding(list)).warnings.map(\.description) == [
                "/etc/paystate.yaml:6: accounts.a.forward[1].to: "
                    + "is the URL of line 6 too: each callback is forwarded there twice; keep one"
            ]
        )
    }

    // MARK: The public listener

    @Test(arguments: [
        ("127.0.0.1:8088", "http://127.0.0.1:8088/callbacks/a", true),
        ("127.0.0.1:8088", "http://localhost:8088", true),
        ("127.0.0.1:8088", "http://[::ffff:127.0.0.1]:8088", true),
        ("[::1]:80", "http://[0::1]/", true),
        ("localhost:443", "https://[::1]", true),
        ("0.0.0.0:8088", "http://127.0.0.2:8088", true),
        ("[::]:8088", "http://localhost:8088", true),
        ("shop.example:8088", "http://Shop.example:8088", true),
        ("127.0.0.1:8088", "http://127.0.0.1:8089", false),
        ("127.0.0.1:8088", "http://127.0.0.2:8088", false),
        ("127.0.0.1:8088", "http://[::1]:8088", false),
        ("0.0.0.0:8088", "http://shop.example:8088", false),
    ])
    func `no target is the public listener itself`(listen: String, url: String, isRefused: Bool) {
        let advice = "is Paystate's own public listener: write the URL of the program that is to receive it"
        // What stands first in the file does not matter.
        let forward = files.problems(forwarding("[{to: '\(url)', name: x}]") + "listen: '\(listen)'\n")
        #expect(forward == (isRefused ? ["6: accounts.a.forward[0].to: \(advice)"] : []))
        let notify = files.problems(notifying("[{to: '\(url)', name: x, secret: {env: APP}}]") + "listen: '\(listen)'\n")
        #expect(notify == (isRefused ? ["1: notify[0].to: \(advice)"] : []))
    }

    @Test(arguments: [("127.0.0.1:8088", true), ("8088", true), ("127.0.0.1:80", false), ("/run/8088", false)])
    func `also where it is the socket unit that listens`(address: String, isRefused: Bool) {
        let unit = InstalledUnit(service: "", socket: "ListenStream=\(address)\n")
        let files = Files(variables: ["SECRET": "x"], unit: unit)
        let text = "listen: systemd\n" + forwarding("[{to: 'http://127.0.0.1:8088'}]")
        #expect(files.problems(text).count == (isRefused ? 1 : 0))
    }

    // MARK: Who sees what

    @Test func `a value of a query shows in no message, print, dump or mirror`() throws {
        let url = "'http://shop.example/?key=hunter2'"
        let text = notifying("[{to: \(url), secret: {env: APP}}]")
            .replacing("[]", with: "[{to: \(url)}, {to: \(url), name: x}]")
        let configuration = try files.load(text)
        #expect(configuration.warnings.count == 4)
        var everything = "\(configuration) \(String(reflecting: configuration)) \(configuration.publicConfiguration)"
        everything += "\(configuration.notify) \(configuration.accounts.map(\.forwards))"
        dump(configuration, to: &everything)
        dump(configuration.accounts, to: &everything)
        #expect(!everything.contains("hunter2"))
        #expect(everything.contains("http://shop.example/?key=…"))
    }

    @Test func `the public part has the names of all targets, and needs no secret`() throws {
        let list = "[{to: https://app.example, secret: {file: nowhere}}, {to: 'https://[::1]', name: x, from: x}]"
        let text = notifying(list)
            .replacing("[]", with: "[{to: 'http://127.0.0.1:8088', timeout: x}, {to: '', name: y}]")
        #expect(throws: ConfigurationError.self) { try files.load(text) }
        let valid = text.replacing("{to: '', name: y}", with: "{to: https://y.example, name: y}")
        let unread = Files(contents: ["/etc/p.yaml": valid])
        let configuration = try Configuration.loadPublic("/etc/p.yaml", unread.environment)
        #expect(configuration.notifyNames == ["app-example", "x"])
        #expect(configuration.accounts.map(\.forwardNames) == [["127-0-0-1", "y"], []])
        let whole = try files.load(
            notifying("[{to: https://app.example, secret: {env: APP}}]")
                .replacing("[]", with: "[{to: https://y.example}]")
        )
        #expect(whole.publicConfiguration.notifyNames == ["app-example"])
        #expect(whole.publicConfiguration.accounts.map(\.forwardNames) == [["y-example"], []])
    }

    @Test func `the files of their secrets are among those that hold secrets`() throws {
        let list = "[{to: https://a.example, secret: {file: app.key}}, {to: 5, secret: {credential: app}}, 5]"
        let files = Files(
            contents: ["/etc/p.yaml": notifying(list)],
            variables: ["CREDENTIALS_DIRECTORY": "/run/credentials"]
        )
        let dependencies = try Configuration.dependencies("/etc/p.yaml", files.environment)
        #expect(dependencies.secretFiles == ["/etc/app.key", "/run/credentials/app"])
    }

    // MARK: Changes

    @Test func `what has changed is named, never its value`() throws {
        func changes(_ one: String, _ other: String) throws -> [String] {
            let (old, new) = (try files.load(one), try files.load(other))
            let keys = ConfigurationKey.all.filter { $0.hasChanged(from: old, to: new) }
            #expect(keys.allSatisfy { $0.effect == .reload })
            let settings = zip(new.accounts, old.accounts).flatMap { $0.changes(since: $1) }
            return keys.map(\.name) + settings
        }
        let forward = forwarding("[{to: https://app.example}]")
        #expect(try changes(forward, forward) == [])
        #expect(try changes(forward, forwarding("[{to: https://app.example/x}]")) == ["forward"])
        #expect(try changes(forward, forwarding("[{to: https://app.example, timeout: 1s}]")) == ["forward"])
        #expect(try changes(forward, forwarding("[]")) == ["forward"])
        let both = forwarding("[]").replacing("project_id: 1", with: "project_id: 7")
        #expect(try changes(forward, both) == ["forward", "project_id"])
        let notify = notifying("[{to: https://app.example, secret: {env: APP}}]")
        let rotated = notify.replacing("{env: APP}", with: "{value: whsec_eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5}")
        #expect(try changes(notify, notify) == [])
        #expect(try changes(notify, rotated) == ["notify"])
        #expect(try changes(notify, notify.replacing("{env: APP}", with: "{env: APP}, from: 0")) == ["notify"])
        #expect(try changes(notify, notifying("[]")) == ["notify"])
    }
}
