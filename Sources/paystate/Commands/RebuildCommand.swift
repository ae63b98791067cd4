import ArgumentParser
import Daemon
import Foundation
import Glibc
import Ledger
import Sandbox

/// `paystate rebuild`
struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Derive everything again from the evidence, and compare.",
        discussion: """
            Every stored callback, answer and instruction is recorded once more, in the \
            original order and by the rules of this version, in a temporary database (in \
            $TMPDIR, else /var/tmp; it needs about half the space of the original; of a \
            PostgreSQL database the whole is copied there first). Then the \
            two are compared row by row: payments, operations, checkouts, subscriptions, \
            transitions, anomalies, polling schedules, open payments of each account, and what \
            each piece of evidence did. \
            No secret is needed, because nothing is authenticated again.

            With --check nothing is changed, and the daemon may be running. Without it, all \
            differences are corrected in one transaction: stop the daemon first, and make a \
            backup (paystate backup FILE). Transitions that get other numbers are reported: a \
            consumer of `transitions.seq` must read again from there.

            Some things are not compared. A poll's due time may differ a little, because a \
            clock that was set back moves it. If retention has emptied a body of a payment, \
            the payment is compared with its transitions: the last one gives state, status \
            and sums. In a database older than schema version 6, the polling schedules of \
            older payments are not compared, nor whether they were given up on.

              paystate rebuild --check
              paystate rebuild --check --json | jq .differences

            With --check it exits with 0 if nothing differs, and with 70 if anything does.
            """
    )

    @Flag(help: "Only compare, and change nothing.")
    var check = false

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() async throws {
        let location = try database.location()
        let progress = Progress(isShown: !json && isatty(STDERR_FILENO) == 1)
        let show = { (count: Int) in progress.show { "\(count) callbacks, answers and instructions recorded again" } }
        let findings: RebuildReport
        do {
            defer { progress.clear() }
            switch location {
            case .file(let path): findings = try rebuild(path, show)
            case .postgreSQL(let address): findings = try await rebuild(address, show)
            }
        } catch let error as BackupError {
            printError("\(error)")
            throw error.exitCode
        }
        print(
            json ? try JSONText.of(RebuildReportAnswer(findings)) : RebuildReportText(findings, isMended: !check).text
        )
        if check, !findings.areNone { throw SysExit.software }
    }

    private func rebuild(_ path: String, _ progress: (Int) -> Void) throws -> RebuildReport {
        let rebuild = Rebuild(of: path) { $0.read() }
        do {
            return try check ? rebuild.check(progress: progress) : mend(rebuild, path, progress)
        } catch let error as RebuildError {
            printError(error.advice(path))
            throw error.exitCode
        }
    }

    /// Compares a copy in a file, because only files are rebuilt.
    private func rebuild(_ address: PostgreSQLAddress, _ progress: (Int) -> Void) async throws -> RebuildReport {
        guard check else {
            printError(
                """
                on a server nothing is corrected in place: stop every daemon, `paystate copy` the database to a file, \
                rebuild that, and copy it into an empty database
                """
            )
            throw SysExit.usage
        }
        umask(0o077)
        let folder = URL(filePath: Self.folder).appending(path: "paystate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        // What cannot be removed is no reason to fail what has been found out.
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appending(path: "copy.db").path(percentEncoded: false)
        do {
            _ = try await interruptible { try await Ledger.backup(from: address, to: copy) }
        } catch is CancellationError {
            printError("interrupted: nothing was compared, and nothing is left of the copy")
            throw ExitCode(130)
        }
        return try rebuild(copy, progress)
    }

    /// Where `Rebuild` keeps what it derives, too.
    private static var folder: String {
        ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
    }

    private func mend(_ rebuild: Rebuild, _ path: String, _ progress: (Int) -> Void) throws -> RebuildReport {
        umask(0o027)
        if let owner = InstructionTarget.foreignOwner(of: path) {
            printError("\(path) belongs to \(owner): run this as that user (sudo -u \(owner) paystate rebuild)")
            throw SysExit.unavailable
        }
        return try rebuild.mend(progress: progress)
    }
}

extension RebuildError {
    fileprivate func advice(_ path: String) -> String {
        guard case .cannotRead(.isLocked(_, let holder)) = self else { return description }
        return """
            a daemon\(holder) holds \(path): stop it first (systemctl stop paystate), or only compare: \
            paystate rebuild --check
            """
    }

    fileprivate var exitCode: ExitCode {
        switch self {
        case .cannotRead(let error): error.exitCode
        case .isOlder: SysExit.configuration
        case .cannotDerive: SysExit.cannotCreate
        case .isNotDerivable, .isNotMended: SysExit.software
        case .diskFailed: SysExit.inputOutput
        }
    }
}
