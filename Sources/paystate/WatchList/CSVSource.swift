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
