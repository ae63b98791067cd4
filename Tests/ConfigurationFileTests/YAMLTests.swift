import ConfigurationFile
import Testing

/// Features of YAML that a configuration must not use.
struct YAMLTests {
    @Test(arguments: [
        ("a: [1", 2, "did not find expected ',' or ']'"),
        ("a: b\n  c: d", 2, "mapping values are not allowed"),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("a: *b", 1, "undefined alias"),
        ("a: \"\\q\"", 1, "escape"),
        ("a: 1\nb: \u{1}", 2, "control characters"),
    ])
    func `a syntax error is reported with its line`(text: String, line: Int, word: String) {
        let problems = Files().problems(text)
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.hasPrefix("\(line): is not ") && $0.contains(word) }, "\(problems)")
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let environment = HostEnvironment(variables: [:]) { _, _ in
            HostEnvironment.File(bytes: [0x61, 0x3A, 0x20, 0xFF], isWorldReadable: false)
        }
        let error = #expect(throws: ConfigurationError.self) { try Configuration.load("p.yaml", environment) }
        #expect(error?.description == "p.yaml: is not UTF-8 text: save it as UTF-8")
    }

    @Test func `a file that is too large is refused`() {
        let text = "# \(String(repeating: "x", count: 1 << 20))\n\(Files.account)"
        #expect(throws: ConfigurationError.self) { try Files.withSecret.load(text) }
    }

    @Test(arguments: [
        ["database: 1", "listen: 2", "database: 3", "listen: 4", "database: 5"],
        ["'database': 1", "\"listen\": 2", "\"database\": 3", "listen: 4", "!!str database: 5"],
    ])
    func `every double of a key is found`(lines: [String]) {
        let problems = Files.withSecret.problems((lines + [Files.account]).joined(separator: "\r\n"))
        #expect(
            problems.filter { $0.contains("twice") } == [
                "3: database: is given twice here, first in line 1: keep one",
                "4: listen: is given twice here, first in line 2: keep one",
                "5: database: is given twice here, first in line 1: keep one",
            ]
        )
        #expect(problems.filter { !$0.contains("twice") }.map { $0.prefix(2) } == ["1:", "2:"])
    }

    @Test func `a list as a double key is refused without a way to mark it`() {
        #expect(Files().problems("x: 1\n? [a]\n: 1\n? [a]\n: 2") == ["2: has a key twice here: keep one"])
    }

    @Test func `endlessly many double keys are given up on`() {
        let problems = Files().problems(String(repeating: "a: 1\n", count: 1000))
        #expect(problems.count == 1)
    }

    /// Yams alone would need about 9^16 steps for this.
    @Test func `aliases that unfold into more than a machine holds are refused`() {
        var text = "l0: &l0 [x]\n"
        for level in 1...16 {
            let aliases = Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ", ")
            text += "l\(level): &l\(level) [\(aliases)]\n"
        }
        text += "? *l16\n: 1\n"
        let problems = Files().problems(text)
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.contains("is full of aliases") })
    }

    @Test func `comments and paths may hold asterisks`() throws {
        let comments = String(repeating: "  # *really*\n", count: 40)
        let configuration = try Files.withSecret.load("\(comments)database: 'a *b *c'\n\(Files.account)")
        #expect(configuration.database == "/etc/a *b *c")
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func `a bottomless file is refused`(opening: String) {
        #expect(Files().problems(String(repeating: opening, count: 100_000)).count == 1)
    }

    @Test(arguments: ["no", "240", "0x10", "1e3", "null", "2026-11-22"])
    func `an account is called what is written, whatever YAML reads there`(name: String) throws {
        let text = "accounts: {\(name): {gateway: ecommpay, project_id: 1, secrets: [{env: SECRET}]}}"
        #expect(try Files.withSecret.load(text).accounts.map { $0.name } == [name])
    }
}
