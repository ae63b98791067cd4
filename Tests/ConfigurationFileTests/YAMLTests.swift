import ConfigurationFile
import Testing

/// Features of YAML that a configuration must not use.
struct YAMLTests {
    @Test(arguments: [
        ("a: [1", 1, "at column 4: the list that begins here with `[` lacks a comma or its `]`"),
        ("a: 1\nb: {c: 1\nd: e", 2, "at column 4: the mapping that begins here with `{` lacks a comma or its `}`"),
        ("a: \"x\nb: y", 1, "at column 4: the text that begins here in quotes lacks the closing quote"),
        ("a: b: c", 1, "a value with `: ` in it must be in quotes"),
        ("a: \"b\" c", 1, "there is more after the value: put all of it in quotes"),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("a: *b", 1, "a value that begins with `*` must be in quotes"),
        ("a: &", 1, "at column 4: a value that begins with `&` or `*` must be in quotes"),
        ("a: @b", 1, "at column 4: a value that begins with this character must be in quotes"),
        ("a: \"\\q\"", 1, "escape"),
        ("a: 1\nb: \u{1}", 2, "control characters"),
        ("a 1\nb: 2", 1, "at column 1: there is no `: ` after the key"),
        ("a: 1\nb\nc: 1", 2, "at column 1: there is no `: ` after the key"),
    ])
    func `a syntax error is reported with its line`(text: String, line: Int, word: String) {
        let problems = Files().problems(text)
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.hasPrefix("\(line): is not ") && $0.contains(word) }, "\(problems)")
    }

    /// The line that is indented wrongly is named, the lines that it may stand beside, and what to do.
    @Test(
        arguments: [
            (
                "accounts:\n  a:\n    b: ecommpay\n   c: 1",
                "4: is not YAML at column 4: it is indented by 3 spaces, but line 3 (`b`) by 4 and line 2 (`a`) by 2",
                "indent it like the line that it belongs beside"
            ),
            (
                " listen: 127.0.0.1:1\ndatabase: x",
                "2: is not YAML at column 1: it is indented by 0 spaces, but line 1 (`listen`) by 1",
                "indent it like the line that it belongs beside"
            ),
            (
                "a:\n  - b: 1\n    # a comment\n\n   - b: 2",
                "5: is not YAML at column 4: it is indented by 3 spaces, but line 2 by 2",
                "indent it like the line that it belongs beside"
            ),
            (
                "a: 'x'\n b: 1",
                "2: is not YAML at column 2: it is indented by 1 space, but line 1 (`a`) by 0",
                "indent it like the line that it belongs beside"
            ),
            (
                "listen: 127.0.0.1:1\n  database: x",
                "2: is not YAML at column 3: it is indented below line 1 (`listen`), which has a value",
                "indent it like that line, or remove that value"
            ),
            (
                "limits:\n  body: 1MiB\n    queue: 5",
                "3: is not YAML at column 5: it is indented below line 2 (`body`), which has a value",
                "indent it like that line, or remove that value"
            ),
            (
                "a: 1\n- b",
                "2: is not YAML at column 1: a list item (`- `) stands where a key is expected",
                "put it below its key"
            ),
            (
                "a:\n  - b\n  c: d",
                "3: is not YAML at column 3: a list item (`- `) is expected",
                "indent a key like the key of the list"
            ),
            (
                "accounts:\r\n  a:\r\n\tgateway: x",
                "3: is not YAML at column 1: a tab indents this line",
                "use spaces to indent below `a`"
            ),
            (
                "listen: 127.0.0.1:1\n \tdatabase: x",
                "2: is not YAML at column 2: a tab indents this line",
                "use spaces"
            ),
        ] as [(String, String, String)]
    )
    func `a line that is indented wrongly is reported, and how to indent it`(
        text: String,
        problem: String,
        advice: String
    ) {
        #expect(Files().problems(text) == ["\(problem): \(advice)"])
    }

    @Test func `a syntax error does not show what may be a secret`() {
        for text in ["a: 1\nsesame\nb: 1", "a: 'b' sesame", "a: sesame: b", "a: [sesame\nb: 1", "sesame\n a: 1"] {
            let problems = Files().problems(text)
            #expect(problems.count == 1)
            #expect(problems.allSatisfy { !$0.contains("sesame") }, "\(problems)")
        }
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
        #expect(configuration.database == .file("/etc/a *b *c"))
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
