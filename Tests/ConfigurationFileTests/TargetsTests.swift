import ConfigurationFile
import Gateways
import Testing

/// `forward` of an account, and `notify`.
struct TargetsTests {
    private let files = Files.withTargets

    // MARK: What is read

    @Test func `everything that can be said of whom callbacks are forwarded to is read`() throws {
        let text = """
            [{to: "http://127.0.0.1:8088/?wc-api=ecommpay", name: shop, timeout: 5s, give_up_after: 2h, concurrency: 64},
             {to: "https://Books.example/x"}]
            """
        let configuration = try files.load(Files.forwarding(text.replacing("\n", with: " ")))
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
        let configuration = try files.load(Files.notifying("[]").replacing("notify: []\n", with: text))
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
        let plain = try files.load(Files.notifying("[{to: 'https://127.0.0.1', secret: {file: app.key}}]"))
        #expect(plain.notify.map(\.from) == [nil])
        #expect(plain.notify.map(\.name) == ["127-0-0-1"])
    }

    // MARK: What is unwise

    @Test(arguments: [
        ("http://10.0.0.1", true), ("http://shop:8088/x", true), ("http://[2001:db8::1]:80", true),
        ("http://127.0.0.1:8088", false), ("http://[::1]", false), ("http://LocalHost", false),
        ("https://10.0.0.1", false),
    ])
    func `plain HTTP to another machine is warned about`(url: String, isWarned: Bool) throws {
        let warning = "http:// to another machine can be read and changed in transit: write https://"
        let forward = try files.load(Files.forwarding("[{to: '\(url)', name: x}]")).warnings.map(\.description)
        #expect(forward == (isWarned ? ["/etc/paystate.yaml:6: accounts.a.forward[0].to: \(warning)"] : []))
        let notify = try files.load(Files.notifying("[{to: '\(url)', name: x, secret: {env: APP}}]")).warnings
        #expect(notify.map(\.description) == (isWarned ? ["/etc/paystate.yaml:1: notify[0].to: \(warning)"] : []))
    }

    @Test func `two of an account that are the same URL are warned about`() throws {
        let url = "'https://shop.example/?key=hunter2'"
        let list = "[{to: \(url), name: one}, {to: \(url), name: two}, {to: 'https://shop.example/?key=3'}]"
        #expect(
            try files.load(Files.forwarding(list)).warnings.map(\.description) == [
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
        let forward = files.problems(Files.forwarding("[{to: '\(url)', name: x}]") + "listen: '\(listen)'\n")
        #expect(forward == (isRefused ? ["6: accounts.a.forward[0].to: \(advice)"] : []))
        let target = "{to: '\(url)', name: x, secret: {env: APP}}"
        let notify = files.problems(Files.notifying("[\(target)]") + "listen: '\(listen)'\n")
        #expect(notify == (isRefused ? ["1: notify[0].to: \(advice)"] : []))
    }

    @Test(arguments: [("127.0.0.1:8088", true), ("8088", true), ("127.0.0.1:80", false), ("/run/8088", false)])
    func `also where it is the socket unit that listens`(address: String, isRefused: Bool) {
        let unit = InstalledUnit(service: "", socket: "ListenStream=\(address)\n")
        let files = Files(variables: ["SECRET": "x"], unit: unit)
        let text = "listen: systemd\n" + Files.forwarding("[{to: 'http://127.0.0.1:8088'}]")
        #expect(files.problems(text).count == (isRefused ? 1 : 0))
    }

    // MARK: Who sees what

    @Test func `a value of a query shows in no message, print, dump or mirror`() throws {
        let url = "'http://shop.example/?key=hunter2'"
        let text = Files.notifying("[{to: \(url), secret: {env: APP}}]")
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
        let text = Files.notifying(list)
            .replacing("[]", with: "[{to: 'http://127.0.0.1:8088', timeout: x}, {to: '', name: z}]")
        #expect(throws: ConfigurationError.self) { try files.load(text) }
        let valid = text.replacing("{to: '', name: z}", with: "{to: https://z.example, name: z}")
        let unread = Files(contents: ["/etc/p.yaml": valid])
        let configuration = try Configuration.loadPublic("/etc/p.yaml", unread.environment)
        #expect(configuration.notifyNames == ["app-example", "x"])
        #expect(configuration.accounts.map(\.forwardNames) == [["127-0-0-1", "z"], []])
        let whole = try files.load(
            Files.notifying("[{to: https://app.example, secret: {env: APP}}]")
                .replacing("[]", with: "[{to: https://z.example}]")
        )
        #expect(whole.publicConfiguration.notifyNames == ["app-example"])
        #expect(whole.publicConfiguration.accounts.map(\.forwardNames) == [["z-example"], []])
    }

    @Test func `the files of their secrets are among those that hold secrets`() throws {
        let list = "[{to: https://a.example, secret: {file: app.key}}, {to: 5, secret: {credential: app}}, 5]"
        let files = Files(
            contents: ["/etc/p.yaml": Files.notifying(list)],
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
        let forward = Files.forwarding("[{to: https://app.example}]")
        #expect(try changes(forward, forward) == [])
        #expect(try changes(forward, Files.forwarding("[{to: https://app.example/x}]")) == ["forward"])
        #expect(try changes(forward, Files.forwarding("[{to: https://app.example, timeout: 1s}]")) == ["forward"])
        #expect(try changes(forward, Files.forwarding("[]")) == ["forward"])
        let both = Files.forwarding("[]").replacing("project_id: 1", with: "project_id: 7")
        #expect(try changes(forward, both) == ["forward", "project_id"])
        let notify = Files.notifying("[{to: https://app.example, secret: {env: APP}}]")
        let rotated = notify.replacing("{env: APP}", with: "{value: whsec_eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5}")
        #expect(try changes(notify, notify) == [])
        #expect(try changes(notify, rotated) == ["notify"])
        #expect(try changes(notify, notify.replacing("{env: APP}", with: "{env: APP}, from: 0")) == ["notify"])
        #expect(try changes(notify, Files.notifying("[]")) == ["notify"])
    }
}
