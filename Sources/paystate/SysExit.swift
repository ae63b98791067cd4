import ArgumentParser
import Foundation

/// The exit codes of sysexits.h that Paystate uses.
enum SysExit {
    /// EX_NOINPUT: the named payment or database does not exist.
    static let noInput = ExitCode(66)
    /// EX_UNAVAILABLE: another daemon holds the database.
    static let unavailable = ExitCode(69)
    /// EX_IOERR: the disk failed.
    static let inputOutput = ExitCode(74)
    /// EX_CONFIG: the configuration is wrong.
    static let configuration = ExitCode(78)
}

/// Says something to the person at the terminal, on standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
}
