import ArgumentParser
import ConfigurationFile
import Foundation
import GRDB
import Ledger
import Payments
import Testing

@testable import paystate

/// What the documents show is true: their links lead somewhere, their SQL runs, and their commands are understood.
@Suite struct DocumentsTests {
    private struct Document: Sendable, CustomTestStringConvertible {
        let path: String
        let text: String

        var testDescription: String { path }

        /// The fenced blocks in a language, also those within lists, without their indentation.
        func blocks(_ language: String) -> [String] {
            var blocks: [String] = []
            var block: (indentation: Int, lines: [String])?
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                let words = line.trimmingPrefix { $0 == " " }
                let indentation = line.count - words.count
                if let open = block {
                    guard words != "```" else {
                        blocks.append(open.lines.joined(separator: "\n"))
                        block = nil
                        continue
                    }
                    block?.lines.append(String(line.dropFirst(min(open.indentation, indentation))))
                } else if words == "```\(language)" {
                    block = (indentation, [])
                }
            }
            return blocks
        }
    }

    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    private static let documents: [Document] = {
        let folder = FileManager.default.enumerator(atPath: root.appending(path: "docs").path)
        let docs = (folder?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
        return (["README.md", "CONTRIBUTING.md", "SECURITY.md"] + docs.sorted()).compactMap { path in
            (try? String(contentsOf: root.appending(path: path), encoding: .utf8)).map {
                Document(path: path, text: $0)
            }
        }
    }()

    @Test func `there are documents`() {
        #expect(Self.documents.count > 15)
        #expect(
            Self.documents.first.map { $0.text.split(separator: "\n", omittingEmptySubsequences: false).count <= 151 }
                == true
        )
    }

    /// An anchor as web pages of repositories make it of a heading.
    private static func anchors(in text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
                let words = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                return String(words.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" })
                    .replacingOccurrences(of: " ", with: "-")
            }
        )
    }

    @Test(arguments: documents)
    private func `every relative link leads to a file, and to a heading in it`(_ document: Document) throws {
        for match in document.text.matches(of: /\]\(([^)\s]+)\)/) {
            let parts = match.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !match.1.contains("://"), !match.1.hasPrefix("mailto:") else { continue }
            let file =
                parts[0].isEmpty
                ? Self.root.appending(path: document.path)
                : Self.root.appending(path: document.path).appending(path: "../\(parts[0])").standardized
            #expect(FileManager.default.fileExists(atPath: file.path), "\(match.1)")
            guard parts.count == 2, file.pathExtension == "md" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(Self.anchors(in: text).contains(parts[1]), "\(match.1)")
        }
    }

    @Test func `every statement of SQL runs on the public views`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "documents-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // Leftovers are in the temporary folder.
        let path = folder.appending(path: "paystate.db").path
        _ = try Ledger(
            at: path,
            accounts: [LedgerAccount(name: "eu-shop", gateway: "ecommpay", isFolded: false)],
            schedule: ConfigurationFile.Configuration.Reconcile().schedule,
            quota: RejectionQuota(rows: 10, bytes: 1000, age: .seconds(60)),
            capacity: 10
        )
        var settings = GRDB.Configuration()
        settings.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: settings)
        let blocks = Self.documents.flatMap { document in document.blocks("sql").map { (document.path, $0) } }
        #expect(blocks.count > 10)
        for (path, block) in blocks {
            do {
                try queue.read { database in
                    let statements = try database.allStatements(sql: block)
                    while let statement = try statements.next() {
                        let names = statement.sql.replacing(/--[^\n]*|'[^']*'/, with: "").matches(of: /:([a-z_]+)/).map
                        { String($0.1) }
                        let values = Dictionary(names.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
                        let code = statement.sql.replacing(/--[^\n]*/, with: "")
                        let count = code.filter { $0 == "?" }.count
                        let arguments =
                            values.isEmpty
                            ? StatementArguments(Array(repeating: 0, count: count)) : StatementArguments(values)
                        _ = try Row.fetchAll(statement, arguments: arguments)
                    }
                }
            } catch {
                Issue.record("\(path): \(error)\n\(block)")
            }
        }
    }

    @Test func `every command line is one that this program takes`() {
        var count = 0
        for document in Self.documents {
            for line in document.blocks("sh").flatMap({
                $0.replacingOccurrences(of: "\\\n", with: " ").split(separator: "\n")
            }) {
                guard let words = Self.words(of: String(line)) else { continue }
                count += 1
                do {
                    _ = try Paystate.parseAsRoot(words)
                } catch {
                    guard Paystate.exitCode(for: error).isSuccess else {
                        Issue.record("\(document.path): \(line)\n\(Paystate.message(for: error))")
                        continue
                    }
                }
            }
        }
        #expect(count > 20)
    }

    /// The arguments of a line that calls the program, if it does: up to a comment, a pipe or a redirection.
    private static func words(of line: String) -> [String]? {
        var words: [String] = []
        var (word, quote, hasWord) = ("", Character?.none, false)
        scan: for character in line + " " {
            switch (quote, character) {
            case (let open?, _) where character == open: quote = nil
            case (_?, _): word.append(character)
            case (nil, "'"), (nil, "\""): (quote, hasWord) = (character, true)
            case (nil, "#") where word.isEmpty, (nil, "|"), (nil, ">"), (nil, ";"), (nil, "&"), (nil, "<"): break scan
            case (nil, " "):
                if hasWord || !word.isEmpty { words.append(word) }
                (word, hasWord) = ("", false)
            case (nil, _): word.append(character)
            }
        }
        if words.first == "$" { words.removeFirst() }
        while words.first == "sudo" || words.first == "-u"
            || (words.count > 1 && words.first == "paystate" && words[1] == "paystate")
        {
            words.removeFirst(words.first == "-u" ? 2 : 1)
        }
        guard words.first == "paystate" else { return nil }
        return Array(words.dropFirst())
    }

    /// The table of the architecture names a test for each invariant; it must be there.
    @Test func `each invariant names a test that exists`() throws {
        let document = try #require(Self.documents.first { $0.path == "docs/architecture.md" })
        let start = try #require(document.text.range(of: "\n## Invariants\n"))
        let end = document.text.range(of: "\n## ", range: start.upperBound..<document.text.endIndex)?.lowerBound
        let rows = document.text[start.upperBound..<(end ?? document.text.endIndex)].split(separator: "\n")
            .filter { $0.hasPrefix("| ") && $0.dropFirst(2).first?.isNumber == true }
        #expect(rows.count == 15)
        for row in rows {
            let tests = row.matches(of: /`(Tests\/[A-Za-z0-9\/+_.-]+)`/).map { String($0.1) }
            #expect(!tests.isEmpty || row.contains("`make test`"), "\(row)")
            let sources = tests.compactMap { try? String(contentsOf: Self.root.appending(path: $0), encoding: .utf8) }
            #expect(sources.count == tests.count, "a file is not there: \(tests)")
            let names = row.matches(of: /``([^`]+)``/).map { String($0.1) }
            for name in names { #expect(sources.contains { $0.contains("`\(name)`") }, "no test is called «\(name)»") }
        }
    }
}
