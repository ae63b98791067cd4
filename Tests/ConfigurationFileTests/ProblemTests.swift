import ConfigurationFile
import Testing

struct ProblemTests {
    @Test func `all problems are reported at once, in the order of the lines`() {
        let text = """
            acounts: {}
            listen: 5
            limits: {body: 10, queue: 0, queue: 1, bodi: 1MiB}
            reconcile:
              first_after: soon
              schedule: []
            accounts:
              eu-shop:
                gateway: ecommpay
                project_id: shop
                api_url: ftp://example.com
                ambiguous: "no"
              Shop_1:
                gateway: paypal
              eu-shop:
                gateway: ecomcharge
                shop_id: 7
                secret: {file: nowhere}
            """
        #expect(
            Files().problems(text) == [
                "1: acounts: is not a known key: did you mean accounts? Known here are database, database_password, "
                    + "listen, tls, trusted_proxies, admin, admin_hosts, notify, limits, reconcile, retention, accounts",
                "2: listen: must be host:port, [v6]:port or systemd, not a number",
                "3: limits.queue: is given twice here, first in line 3: keep one",
                "3: limits.bodi: is not a known key: did you mean body? Known here are body, connections, request_time, queue",
                "3: limits.body: must be a size such as 256KiB, not a number",
                "3: limits.queue: must be a whole number from 1 to 1000000, in decimal digits only",
                "5: reconcile.first_after: `soon` is not a duration: "
                    + "write a whole number and ms, s, m, h or d, such as 10s",
                "6: reconcile.schedule: is an empty list: give it at least one duration",
                "8: accounts.eu-shop: lacks `secrets`: add it",
                "10: accounts.eu-shop.project_id: must be a whole number from 0 to 9223372036854775807, "
                    + "in decimal digits only",
                "11: accounts.eu-shop.api_url: must be a URL such as https://api.example.com, "
                    + "without user, query or fragment",
                "12: accounts.eu-shop.ambiguous: must be one of confirm, confirm_money, accept, not `no`",
                "13: accounts.Shop_1: an account's name is 1 to 64 of a-z, 0-9 and -, because it is part of a path: "
                    + "rename it",
                "14: accounts.Shop_1.gateway: `paypal` is not a gateway: write one of ecommpay, ecomcharge",
                "15: accounts.eu-shop: this name is used twice, first in line 8: rename one of the accounts",
                "18: accounts.eu-shop.secret.file: /etc/nowhere does not exist",
            ]
        )
    }

    /// Lines that are wrong, each with the key and a word of the advice.
    @Test(arguments: [
        ("listen: :8080", "listen", "127.0.0.1:8080"),
        ("listen: 1.2.3.4", "listen", "host:port"),
        ("listen: ::1:8080", "listen", "[v6]:port"),
        ("listen: no", "listen", "yes or no"),
        ("listen:", "listen", "is empty: write host:port, [v6]:port or systemd, or remove the key"),
        ("listen: ~", "listen", "is empty: write host:port, [v6]:port or systemd, or remove the key"),
        ("database:", "database", "is empty: write the path of a file"),
        ("tls:", "tls", "is empty: write a mapping of certificate, private_key"),
        ("admin:", "admin", "is empty: write a list of"),
        ("admin: [null]", "admin[0]", "or remove it"),
        ("limits:", "limits", "is empty: write a mapping of body"),
        ("limits: {queue: }", "limits.queue", "is empty: write a whole number from 1 to"),
        ("limits: {body: }", "limits.body", "is empty: write a size such as 256KiB, or remove the key"),
        ("reconcile: {schedule: }", "reconcile.schedule", "is empty: write a list of durations in [ ]"),
        ("database: [a]", "database", "not a list"),
        ("database: 2026-11-22", "database", "not a date"),
        ("database: ''", "database", "is empty"),
        ("database: \"a\\0b\"", "database", "NUL"),
        ("tls: {certificate: a.pem}", "tls", "lacks `private_key`"),
        ("tls: {certificate: a.pem, private_key: b.key}", "tls.certificate", "/etc/a.pem does not exist"),
        ("admin_hosts: paystate.example.com", "admin_hosts", "must be a list"),
        ("admin_hosts: [pay_state]", "admin_hosts[0]", "without a port"),
        ("admin_hosts: [\"paystate.example.com:9090\"]", "admin_hosts[0]", "without a port"),
        ("trusted_proxies: 127.0.0.1/32", "trusted_proxies", "must be a list"),
        ("trusted_proxies: [10.0.0.1/8]", "trusted_proxies[0]", "write 10.0.0.0/8"),
        ("trusted_proxies: [::1/128, 10.0.0.0/33]", "trusted_proxies[1]", "0 to 32"),
        ("trusted_proxies: [proxy]", "trusted_proxies[0]", "not a network"),
        ("admin: /run/admin.sock", "admin", "must be a list"),
        ("admin: ['0.0.0.0:9090']", "admin[0]", "loopback address such as"),
        ("admin: [admin.sock]", "admin[0]", "absolute /path"),
        ("limits: 5", "limits", "a mapping of body"),
        ("limits: {connections: 1e3}", "limits.connections", "not a decimal number"),
        ("limits: {connections: 0x10}", "limits.connections", "decimal digits"),
        ("limits: {connections: 007}", "limits.connections", "decimal digits"),
        ("limits: {connections: 1_000}", "limits.connections", "decimal digits"),
        ("limits: {connections: on}", "limits.connections", "yes or no"),
        ("limits: {connections: 99999999999999999999}", "limits.connections", "from 1 to"),
        ("limits: {request_time: 0s}", "limits.request_time", "longer than 0s"),
        ("limits: {body: 1GiB}", "limits.body", "64MiB"),
        ("reconcile: {schedule: [1m, 5]}", "reconcile.schedule[1]", "a duration such as 10s"),
        ("retention: {rejected_bytes: 64MB}", "retention.rejected_bytes", "MiB"),
        ("<<: {listen: '1.2.3.4:5'}", "<<", "merge keys"),
        ("database: &a x.db", "database", "write the value out"),
        ("limits: {queue: &n 5, connections: *n}", "limits.connections", "write the value out"),
        ("limits: !mine {queue: 5}", "limits", "tags"),
        ("database: !path x.db", "database", "tags"),
        ("listen: !!binary aGk=", "listen", "tags"),
        ("? [a, b]\n: 5", "?", "is not a known key"),
        ("\"a\\nb\": 5", "a?b", "is not a known key"),
    ])
    func `a wrong value is named, and what to write instead`(line: String, key: String, advice: String) {
        let problems = Files.withSecret.problems("\(line)\n\(Files.account)")
        #expect(problems.contains { $0.hasPrefix("1: \(key): ") && $0.contains(advice) }, "\(problems)")
        #expect(problems.allSatisfy { !$0.contains("\n") })
    }

    /// Accounts that are wrong, each with the key and a word of the advice.
    @Test(arguments: [
        ("gateway: ecommpay", "accounts.a", "lacks `project_id`"),
        ("project_id: 1", "accounts.a", "lacks `gateway`"),
        ("gateway: {}", "accounts.a.gateway", "one of ecommpay"),
        ("gateway: ecommpay, shop_id: 1", "accounts.a.shop_id", "is not a known key: remove it"),
        ("gateway: ecommpay, gateway: ecommpay", "accounts.a.gateway", "is given twice here"),
        ("gateway: ecommpay, project_id: -1", "accounts.a.project_id", "from 0 to"),
        ("gateway: ecommpay, secrets: {env: SECRET}", "accounts.a.secrets", "must be a list"),
        ("gateway: ecommpay, secrets: []", "accounts.a.secrets", "at least one"),
        ("gateway: ecommpay, secrets: [{env: NOWHERE}]", "accounts.a.secrets[0].env", "is not set"),
        ("gateway: ecommpay, api_url: api.example.com", "accounts.a.api_url", "https://"),
        ("gateway: ecommpay, api_url: https://", "accounts.a.api_url", "https://"),
        ("gateway: ecommpay, api_url: 'https://me:pw@example.com'", "accounts.a.api_url", "without user"),
        ("gateway: ecommpay, api_url: 'https://example.com/?a=b'", "accounts.a.api_url", "query"),
        ("gateway: ecommpay, api_url: 'https://example.com:port'", "accounts.a.api_url", "https://"),
        (
            "gateway: ecomcharge, shop_id: 1, secret: {env: SECRET}, public_key: {value: not a key}",
            "accounts.a.public_key", ""
        ),
    ])
    func `a wrong account is named, and what to write instead`(account: String, key: String, advice: String) {
        let problems = Files.withSecret.problems("accounts: {a: {\(account)}}")
        #expect(problems.contains { $0.hasPrefix("1: \(key): ") && $0.contains(advice) }, "\(problems)")
    }

    @Test func `a key of an account that is indented too little is named, and where it belongs`() {
        let text = """
            accounts:
              eu-shop:
              gateway: ecommpay
              project_id: 1
              secrets: [{env: SECRET}]
            """
        let advice = "is a key of an account: indent it with spaces below the account's name"
        #expect(
            Files.withSecret.problems(text) == [
                "2: accounts.eu-shop: is empty: write a mapping with the key gateway, or remove the key",
                "3: accounts.gateway: \(advice)",
                "4: accounts.project_id: \(advice)",
                "5: accounts.secrets: \(advice)",
            ]
        )
    }

    @Test(arguments: [
        "", "# nothing yet\n", "---\n", "accounts:\n", "accounts: {}\n", "listen: 127.0.0.1:1\n", "[]", "5",
    ])
    func `a file without accounts is refused`(text: String) {
        #expect(Files().problems(text).count == 1)
    }

    @Test func `a file that is not there is named`() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.load("/etc/paystate/paystate.yaml", Files().environment)
        }
        #expect(
            error?.description == "/etc/paystate/paystate.yaml: does not exist: "
                + "name the configuration file with --config or $PAYSTATE_CONFIG"
        )
    }
}
