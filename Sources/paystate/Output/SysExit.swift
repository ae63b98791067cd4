import ArgumentParser
import Foundation
import Narration

/// The exit codes of sysexits.h that Paystate uses.
enum SysExit {
    /// EX_USAGE: the command as given cannot be carried out.
    static let usage = ExitCode(64)
    /// EX_DATAERR: some rows were bad, or the database is damaged.
    static let data = ExitCode(65)
    /// EX_NOINPUT: the named payment or database does not exist.
    static let noInput = ExitCode(66)
    /// EX_UNAVAILABLE: another daemon holds the database, or no server answers.
    static let unavailable = ExitCode(69)
    /// EX_SOFTWARE: what was to be proved turned out not to hold.
    static let software = ExitCode(70)
    /// EX_CANTCREAT: a file or folder cannot be created.
    static let cannotCreate = ExitCode(73)
    /// EX_IOERR: the disk failed.
    static let inputOutput = ExitCode(74)
    /// EX_TEMPFAIL: the database's server does not answer; it may later.
    static let temporaryFailure = ExitCode(75)
    /// EX_CONFIG: the configuration is wrong.
    static let configuration = ExitCode(78)
}

/// Writes a line to standard output, without buffering.
func printLine(_ text: String, terminator: String = "\n") {
    FileHandle.standardOutput.write(Data((text + terminator).utf8))
}

/// Writes lines to standard error, safe for a terminal.
func printError(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Terminal.harmless(String($0)) }
    FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
}
