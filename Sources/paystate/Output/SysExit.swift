import ArgumentParser
import Foundation

/// The exit codes of sysexits.h that Paystate uses.
enum SysExit {
    /// EX_USAGE: the command cannot be followed as it was given.
    static let usage = ExitCode(64)
    /// EX_DATAERR: some rows were bad, or the database is damaged.
    static let data = ExitCode(65)
    /// EX_NOINPUT: the named payment or database does not exist.
    static let noInput = ExitCode(66)
    /// EX_UNAVAILABLE: another daemon holds the database, or nobody answers.
    static let unavailable = ExitCode(69)
    /// EX_SOFTWARE: what was to be proved is not so.
    static let software = ExitCode(70)
    /// EX_CANTCREAT: a file or folder cannot be made.
    static let cannotCreate = ExitCode(73)
    /// EX_IOERR: the disk failed.
    static let inputOutput = ExitCode(74)
    /// EX_CONFIG: the configuration is wrong.
    static let configuration = ExitCode(78)
}

/// Says something to the person at the terminal, at once.
func printLine(_ text: String, terminator: String = "\n") {
    FileHandle.standardOutput.write(Data((text + terminator).utf8))
}

/// Says something to the person at the terminal, on standard error.
func printError(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Terminal.harmless(String($0)) }
    FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
}
