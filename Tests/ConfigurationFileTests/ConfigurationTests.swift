import ConfigurationFile
import Gateways
import Payments
import Telemetry
import TestSupport
import Testing

struct ConfigurationTests {
    private let files = Files(
        contents: [
            "/etc/tls.pem": TestIdentity.certificate, "/etc/tls.key": TestIdentity.key, "/etc/old.key": "old\n",
            "/run/credentials/eu-shop": "new", "/etc/by-shop.pub": Files.publicKey,
        ],
        worldReadable: ["/etc/by-shop.pub"],
        variables: ["CREDENTIALS_DIRECTORY": "/run/credentials", "BY_SHOP_SECRET": "sesame"]
    )

    @Test func `everything an operator can write is read`() throws {
        let configuration = try files.load(
            """
            database: db/paystate.db
            listen: '[::1]:9000'
            tls: {certificate: tls.pem, private_key: /etc/tls.key}
            trusted_proxies: [127.0.0.1/32, ::1/128]
            admin: [/run/paystate/admin.sock, 127.0.0.1:9090]
            admin_hosts: [Paystate.example.com, 10.0.0.7]
            limits:    {body: 1MiB, connections: 10, request_time: 500ms, queue: 20}
            reconcile: {first_after: 0s, schedule: [1m, 2h], give_up_after: 3d, authorized_every: 2d,
                        second_look: 0s, audit: [7d, 30d], requests_per_second: 1, concurrency: 2}
            retention: {bodies: 1d, rejected: 2d, rejected_rows: 0, rejected_bytes: 1GiB}
            accounts:
              eu-shop:
                gateway: ecommpay
                project_id: "240"
                secrets: [{credential: eu-shop}, {file: old.key}]
                api_url: http://127.0.0.1:8081
                ambiguous: accept
              by-shop:
                gateway: ecomcharge
                shop_id: 1673
                secret: {env: BY_SHOP_SECRET}
                public_key: {file: by-shop.pub}
                authentication: signature+basic
                checkout_url: https://checkout.example.com
                gateway_url:  https://gateway.example.com
                api_url:      https://api.example.com/v1
            """
        )
        #expect(configuration.database == .file("/etc/db/paystate.db"))
        #expect(configuration.listen == .address(HostAndPort(host: "::1", port: 9000)))
        #expect(try configuration.tls == TestIdentity.tls())
        #expect(configuration.trustedProxies.contains(try #require(IPAddress("::1"))))
        #expect(
            configuration.admin == [
                .socket(path: "/run/paystate/admin.sock"), .loopback(HostAndPort(host: "127.0.0.1", port: 9090)),
            ]
        )
        #expect(configuration.adminHosts == ["paystate.example.com", "10.0.0.7"])
        var limits = Configuration.Limits()
        limits.body = 1_048_576
        limits.connections = 10
        limits.requestTime = .milliseconds(500)
        limits.queue = 20
        #expect(configuration.limits == limits)
        var reconcile = Configuration.Reconcile()
        reconcile.schedule.firstAfter = .zero
        reconcile.schedule.steps = [.seconds(60), .seconds(7200)]
        reconcile.schedule.giveUpAfter = .seconds(3 * 86_400)
        reconcile.schedule.authorizedEvery = .seconds(2 * 86_400)
        reconcile.schedule.secondLook = .zero
        reconcile.schedule.audit = [.seconds(7 * 86_400), .seconds(30 * 86_400)]
        reconcile.requestsPerSecond = 1
        reconcile.concurrency = 2
        #expect(configuration.reconcile == reconcile)
        var retention = Configuration.Retention()
        retention.bodies = .seconds(86_400)
        retention.rejected = .seconds(2 * 86_400)
        retention.rejectedRows = 0
        retention.rejectedBytes = 1_073_741_824
        #expect(configuration.retention == retention)
        #expect(configuration.accounts.map { $0.name } == ["eu-shop", "by-shop"])
        #expect(configuration.accounts.map { type(of: $0.gateway).name } == ["ecommpay", "ecomcharge"])
        #expect(configuration.warnings == [])
    }

    @Test func `what is not written has the documented value`() throws {
        let configuration = try Files.withSecret.load(Files.account)
        #expect(configuration.database == .file("./paystate.db"))
        #expect(configuration.listen == .address(HostAndPort(host: "127.0.0.1", port: 8080)))
        #expect(configuration.tls == nil)
        #expect(configuration.trustedProxies == TrustedProxies())
        #expect(configuration.admin == [])
        let documented = try Files.withSecret.load(
            """
            limits:    {body: 256KiB, connections: 4096, request_time: 10s, queue: 8192}
            reconcile: {first_after: 60s, schedule: [1m, 2m, 5m, 15m, 1h, 4h, 1d], give_up_after: 14d,
                        authorized_every: 1d, second_look: 1d, audit: [7d, 30d], requests_per_second: 5, concurrency: 4}
            retention: {bodies: 400d, rejected: 30d, rejected_rows: 10000, rejected_bytes: 64MiB}
            \(Files.account)
            """
        )
        #expect(configuration.limits == documented.limits)
        #expect(configuration.reconcile == documented.reconcile)
        #expect(configuration.retention == documented.retention)
    }

    @Test func `JSON is YAML`() throws {
        let configuration = try Files.withSecret.load(
            """
            {"listen":"127.0.0.1:0","database":"\\/db\\u002fp.db","limits":{"queue":7},
            \t"accounts":{"a":{"gateway":"ecommpay","project_id":1,"secrets":[{"env":"SECRET"}]}}}
            """
        )
        #expect(configuration.listen == .address(HostAndPort(host: "127.0.0.1", port: 0)))
        #expect(configuration.database == .file("/db/p.db"))
        #expect(configuration.limits.queue == 7)
    }

    @Test func `the sockets of systemd can be listened on`() throws {
        let configuration = try Files.withSecret.load("listen: systemd\n\(Files.account)")
        #expect(configuration.listen == .systemd)
    }

    @Test func `the database is in the first state directory`() throws {
        var files = Files.withSecret
        files.variables["STATE_DIRECTORY"] = "/var/lib/paystate:/var/lib/other"
        #expect(try files.load(Files.account).database == .file("/var/lib/paystate/paystate.db"))
    }

    @Test func `the option goes before the variable, and that before the usual place`() {
        let named = Files(variables: ["PAYSTATE_CONFIG": "/b.yaml"]).environment
        #expect(Configuration.path(option: "a.yaml", named) == "a.yaml")
        #expect(Configuration.path(option: nil, named) == "/b.yaml")
        let empty = Files(variables: ["PAYSTATE_CONFIG": ""]).environment
        #expect(Configuration.path(option: nil, empty) == "/etc/paystate/paystate.yaml")
        #expect(Configuration.path(option: nil, Files().environment) == "/etc/paystate/paystate.yaml")
    }

    @Test func `paths are relative to the file, not to the working folder`() throws {
        for (file, database) in [("p.yaml", "x.db"), ("conf/p.yaml", "conf/x.db"), ("/p.yaml", "/x.db")] {
            let files = Files(contents: [file: "database: x.db\n\(Files.account)"], variables: ["SECRET": "sesame"])
            #expect(try Configuration.load(file, files.environment).database == .file(database))
        }
    }

    @Test func `the database is found without any secret`() throws {
        let text = "listen: 5\ndatabase: x.db\nadmin: 5\naccounts: {a: {secrets: [{credential: b}]}}"
        let files = Files(contents: ["/etc/p.yaml": text])
        #expect(try Configuration.database("/etc/p.yaml", files.environment) == .file("/etc/x.db"))
    }

    @Test func `a mistake in what is looked for is found without any secret too`() {
        let files = Files(contents: ["p.yaml": "database: 5\nadmin: [0.0.0.0:1]\naccounts: {a: {gateway: b}}"])
        #expect(throws: ConfigurationError.self) { try Configuration.database("p.yaml", files.environment) }
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.loadPublic("p.yaml", files.environment)
        }
        #expect(error?.problems.map { $0.key } == ["database", "admin[0]", "accounts.a.gateway"])
    }

    @Test func `the public part needs no secret, and says the same as the whole`() throws {
        let text = "database: x.db\nadmin: [/run/a.sock]\nreconcile: {first_after: 7s}\n\(Files.account)"
        let whole = try Files.withSecret.load(text).publicConfiguration
        let files = Files(contents: ["/etc/paystate.yaml": text])
        let configuration = try Configuration.loadPublic("/etc/paystate.yaml", files.environment)
        #expect(configuration.accounts.map(\.name) == whole.accounts.map(\.name))
        #expect(configuration.accounts.map { $0.gateway.name } == whole.accounts.map { $0.gateway.name })
        #expect(configuration.admin == [.socket(path: "/run/a.sock")])
        #expect(configuration.database == whole.database)
        #expect(configuration.reconcile.schedule.firstAfter == .seconds(7))
    }
}
