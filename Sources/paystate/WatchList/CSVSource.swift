import Foundation
import Glibc

/// A CSV file, or standard input, whose header has been read.
struct CSVSource {
    private let name: String
    private let list: WatchList
    private let rows: FileLines
    /// In bytes, if known.
    private let size: Int?

    /// - Parameter path: `-` is standard input.
    /// - Throws: an exit code, after reporting what is wrong.
    init(_ path: String, account: String?) throws {
        name = path == "-" ? "standard input" : path
        guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
            printError("\(path) cannot be read: \(String(cString: strerror(errno)))")
            throw SysExit.noInput
        }
        var status = stat()
        let kind = fstat(file.fileDescriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
        guard kind != S_IFDIR else {
            printError("\(name) is a folder")
            throw SysExit.noInput
        }
        size = kind == S_IFREG ? Int(status.st_size) : nil
        var rows = FileLines(of: file)
        let header: [UInt8]
        do {
            header = try rows.next() ?? []
        } catch {
            printError("\(name) cannot be read: \(error.localizedDescription)")
            throw SysExit.noInput
        }
        do {
            list = try WatchList(header: header, account: account)
        } catch {
            printError("\(name):1: \(error)")
            throw SysExit.data
        }
        self.rows = rows
    }

    /// Watches the payments in the file. Bad rows are reported on standard error, which also shows the progress if it
    /// is a terminal.
    func watch(through target: InstructionTarget, showsProgress: Bool) async throws -> WatchSummary {
        let progress = Progress(isShown: showsProgress && isatty(STDERR_FILENO) == 1)
        defer { progress.clear() }
        return try await WatchImport(
            list: list,
            target: target,
            printError: { line, explanation in
                progress.clear()
                paystate.printError("\(name):\(line): \(explanation)")
            },
            progress: { summary, bytesTaken in
                progress.show {
                    guard let size, size > 0 else { return summary.progress }
                    return "\(summary.progress) (\(min(100, bytesTaken * 100 / size)) %)"
                }
            }
        ).run(rows)
    }
}

/// One line of a CSV file (RFC 4180), strictly parsed.
///
/// SwiftCSV is not used: it reports no line numbers, accepts a quote that is never closed, and ends at the first
/// mistake. Fields do not continue on the next line, although the RFC allows that: no name or amount does, and a
/// forgotten quote must not swallow rows.
package struct CSVLine: Sendable, Equatable {
    package enum Problem: Error, Equatable {
        case notUTF8
        case unclosedQuote
        case quoteWithinField
        case textAfterQuote
    }

    package let fields: [String]

    package init(_ bytes: some Collection<UInt8>) throws(Problem) {
        var fields: [String] = []
        var rest = bytes[...]
        while true {
            fields.append(try Self.field(&rest))
            guard rest.popFirst() != nil else { break }
        }
        self.fields = fields
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")

    /// Consumes the first field, up to the comma after it.
    private static func field<Bytes: Collection<UInt8>>(_ rest: inout Bytes) throws(Problem) -> String
    where Bytes == Bytes.SubSequence {
        var bytes: [UInt8] = []
        if rest.first == quote {
            rest.removeFirst()
            while true {
                guard let byte = rest.popFirst() else { throw .unclosedQuote }
                if byte == quote {
                    guard rest.first == quote else { break }
                    rest.removeFirst()
                }
                bytes.append(byte)
            }
            guard rest.isEmpty || rest.first == comma else { throw .textAfterQuote }
        } else {
            while let byte = rest.first, byte != comma {
                guard byte != quote else { throw .quoteWithinField }
                bytes.append(byte)
                rest.removeFirst()
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }
}

extension CSVLine.Problem {
    /// - Parameter line: how to call the line: the header, the row.
    func explained(of line: String) -> String {
        switch self {
        case .notUTF8: "\(line) is not UTF-8: save the file as UTF-8"
        case .unclosedQuote: "a quote is not closed in \(line)"
        case .quoteWithinField:
            "a quote is inside a field of \(line): put the field in quotes, and double the quote"
        case .textAfterQuote:
            "text follows a closing quote in \(line): double the quotes that belong to the field"
        }
    }
}
