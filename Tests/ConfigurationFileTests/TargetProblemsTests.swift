import ConfigurationFile
import Testing

/// What can be wrong with `forward` of an account and with `notify`.
struct TargetProblemsTests {
    private let files = Files.withTargets

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
        #expect(files.problems(Files.forwarding(list)) == ["6: accounts.a.forward\(key): \(advice)"])
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
        #expect(files.problems(Files.notifying("[\(target)]")) == ["1: notify[0]\(key): \(advice)"])
    }

    @Test func `all that is wrong with a target is told at once`() {
        let list = "[{to: x, name: X, timeout: 1, accounts: [c], from: x}, {to: z, secret: {file: nowhere}}]"
        let error = #expect(throws: ConfigurationError.self) { try files.load(Files.notifying(list)) }
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
        let text = Files.forwarding("[]").replacing("    forward", with: "  forward")
        #expect(
            files.problems(text) == [
                "6: accounts.forward: is a key of an account: indent it with spaces below the account's name"
            ]
        )
    }
}
