import ArgumentParser
import Foundation
import GRDB
import Ledger
import Payments
import Telemetry
import TestSupport
import Testing

@testable import paystate

/// What the documents show is true: their links lead somewhere, their SQL runs, and their commands are understood (that
/// these work is tested in DocumentedCommandsTests).
@Suite struct DocumentsTests {
    @Test func `there are documents`() {
        #expect(Document.all.count > 15)
        #expect(
            Document.all.first.map { $0.text.split(separator: "\n", omittingEmptySubsequences: false).count <= 151 }
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

    @Test(arguments: Document.all)
    func `every relative link leads to a file, and to a heading in it`(_ document: Document) throws {
        for match in document.text.matches(of: /\]\(([^)\s]+)\)/) {
            let parts = match.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !match.1.contains("://"), !match.1.hasPrefix("mailto:") else { continue }
            let file =
                parts[0].isEmpty
                ? Document.root.appending(path: document.path)
                : Document.root.appending(path: document.path).appending(path: "../\(parts[0])").standardized
            #expect(FileManager.default.fileExists(atPath: file.path), "\(match.1)")
            guard parts.count == 2, file.pathExtension == "md" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(Self.anchors(in: text).contains(parts[1]), "\(match.1)")
        }
    }

    /// Names in capitals, and those of the made-up gateway Acme, stand for others.
    @Test(arguments: Document.all)
    func `every file that is named in it exists`(_ document: Document) {
        let folders = ["Sources/", "Tests/", "migrations/", "systemd/", "Benchmarks/", "docs/"]
        for match in document.text.matches(of: /`([A-Za-z]+\/[^`\s]*)`/) {
            let path = String(match.1)
            guard folders.contains(where: { path.hasPrefix($0) }),
                path.firstMatch(of: /[A-Z]{4}/) == nil, !path.contains(where: { "…*{".contains($0) }),
                !path.contains("Acme")
            else { continue }
            #expect(FileManager.default.fileExists(atPath: Document.root.appending(path: path).path), "\(path)")
        }
    }

    @Test func `every metric is in the document for operators`() throws {
        let document = try #require(Document.all.first { $0.path == "docs/operating.md" })
        for metric in Metric.all { #expect(document.text.contains("`\(metric.name)`"), "\(metric.name)") }
    }

    @Test func `every statement of SQL runs on the public views`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.database
        _ = try Ledger(
            at: .file(path: path),
            accounts: [LedgerAccount(name: "eu-shop", gateway: "ecommpay", isFolded: false)],
            schedule: .everyMinute,
            quota: .hundred,
            capacity: 10
        )
        let queue = try DatabaseQueue.reader(of: path)
        let blocks = Document.all.flatMap { document in document.blocks("sql").map { (document.path, $0) } }
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
        let commands = Document.all.flatMap(\.commands)
        for command in commands {
            do {
                _ = try Paystate.parseAsRoot(command.words)
            } catch {
                guard Paystate.exitCode(for: error).isSuccess else {
                    Issue.record("\(command)\n\(Paystate.message(for: error))")
                    continue
                }
            }
        }
        #expect(commands.count > 20)
    }

    /// DocC only warns of a link that leads nowhere.
    @Test(arguments: ["Payments", "Gateways", "Ledger"])
    func `the landing page of a module names types that exist`(_ module: String) throws {
        let folder = Document.root.appending(path: "Sources/\(module)")
        let page = try String(contentsOf: folder.appending(path: "\(module).docc/\(module).md"), encoding: .utf8)
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let sources = try files.filter { $0.hasSuffix(".swift") }.map { file in
            try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        }
        let types = Set(
            sources.flatMap { source in
                source.matches(of: /(?:^|\n) *package (?:final )?(?:struct|enum|class|protocol) (\w+)/)
                    .map { String($0.1) }
            }
        )
        let names = page.matches(of: /- ``(?:Ledger\/)?(\w+)``/).map { String($0.1) }
        #expect(names.count > 10)
        for name in names { #expect(types.contains(name), "there is no \(name)") }
    }

    /// The table of the architecture names a test for each invariant; it must be there.
    @Test func `each invariant names a test that exists`() throws {
        let document = try #require(Document.all.first { $0.path == "docs/architecture.md" })
        let start = try #require(document.text.range(of: "\n## Invariants\n"))
        let end = document.text.range(of: "\n## ", range: start.upperBound..<document.text.endIndex)?.lowerBound
        let rows = document.text[start.upperBound..<(end ?? document.text.endIndex)].split(separator: "\n")
            .filter { $0.hasPrefix("| ") && $0.dropFirst(2).first?.isNumber == true }
        #expect(rows.count == 15)
        for row in rows {
            let tests = row.matches(of: /`(Tests\/[A-Za-z0-9\/+_.-]+)`/).map { String($0.1) }
            #expect(!tests.isEmpty || row.contains("`make test`"), "\(row)")
            let sources = tests.compactMap { path in
                try? String(contentsOf: Document.root.appending(path: path), encoding: .utf8)
            }
            #expect(sources.count == tests.count, "a file is not there: \(tests)")
            let names = row.matches(of: /``([^`]+)``/).map { String($0.1) }
            for name in names { #expect(sources.contains { $0.contains("`\(name)`") }, "no test is called «\(name)»") }
        }
    }
}
