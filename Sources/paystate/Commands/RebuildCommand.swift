import ArgumentParser
import Daemon
import Glibc
import Ledger

/// `paystate rebuild`
struct RebuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Derive everything again from the stored callbacks and answers, and compare.",
        discussion: """
            Every callback, answer and instruction is recorded once more, in the order in \
            which it was recorded, by the rules of this version, in a database of its own \
            (in $TMPDIR, else /var/tmp; it needs about half the room of the first); then \
            the two are compared row by row: payments, operations, checkouts, \
            subscriptions, transitions, anomalies, the polling schedule of each, and what \
            each piece of evidence did. No secret is needed: what was authenticated when it \
            arrived is not authenticated again.

            With --check nothing is changed, and a daemon may be running. Without it, what \
            differs is corrected, all at once or not at all; the daemon must be stopped, \
            and a backup is advised (paystate backup FILE). Transitions that get other \
            numbers are reported: a consumer of `transitions.seq` must read again from there.

            Not compared: when a poll is due to the millisecond (a clock that was set back \
            moves it). Payments of which a body was emptied by retention are compared with \
            their transitions: the last one gives state, status and sums, and the rest \
            stays as it is. Where a database is older than the notes on schedules (schema version 6), the \
            polling schedule of its older payments is not compared, nor whether they were \
            given up on.

            With --check it exits with 0 if nothing differs, and with 70 if anything does.

              paystate rebuild --check
              paystate rebuild --check --json | jq .differences
            """
    )

    @Flag(help: "Only compare.")
    var check = false

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() throws {
        let path = try database.path()
        let rebuild = Rebuild(of: path) { $0.read() }
        let progress = Progress(isShown: !json && isatty(STDERR_FILENO) == 1)
        let show = { (count: Int) in progress.show { "\(count) callbacks, answers and instructions recorded again" } }
        let findings: RebuildReport
        do {
            defer { progress.clear() }
            findings = try check ? rebuild.check(progress: show) : mend(rebuild, path, show)
        } catch let error as RebuildError {
            printError(error.advice(path))
            throw error.exitCode
        }
        print(
            json ? try JSONText.of(RebuildReportAnswer(findings)) : RebuildReportText(findings, isMended: !check).text
        )
        if check, !findings.areNone { throw SysExit.software }
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
