import Foundation
import Testing

/// A document for people: its fenced blocks, and the command lines in them.
struct Document: Sendable, CustomTestStringConvertible {
    let path: String
    let text: String

    static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized

    static let all: [Document] = {
        let folder = FileManager.default.enumerator(atPath: root.appending(path: "docs").path)
        let docs = (folder?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
        return (["README.md", "CONTRIBUTING.md", "SECURITY.md"] + docs.sorted()).compactMap { path in
            (try? String(contentsOf: root.appending(path: path), encoding: .utf8)).map {
                Document(path: path, text: $0)
            }
        }
    }()

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

    /// The lines of its shell blocks that call this program.
    var commands: [DocumentedCommand] {
        blocks("sh").flatMap { block in
            block.replacingOccurrences(of: "\\\n", with: " ").split(separator: "\n").compactMap { line in
                DocumentedCommand(String(line), in: path)
            }
        }
    }
}
