import ArgumentParser
import ConfigurationFile
import Daemon
import Foundation
import Glibc
import Ledger
import Sandbox
import Synchronization

/// `paystate copy`
struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Move the ledger to PostgreSQL, or back into a file.",
        usage: "paystate copy FROM TO [OPTIONS]",
        discussion: """
            FROM and TO are each a file or a postgresql:// URL; one of them at least is a URL \
            (between files, use paystate backup). The whole ledger is copied as of one moment, \
            with all its numbers, and then read back and compared, row by row. FROM stays as it \
            is.

            TO has to be empty: a file that does not exist, or a database without a ledger. \
            All of it appears there at once, or nothing does.

            Stop every daemon on both first: what one records while the ledger is copied would \
            be missing. Run it as the daemon's user, who has to be able to open the file. \
            Programs that follow the ledger go on with the `seq` that they have.

              systemctl stop paystate.socket paystate
              paystate copy paystate.db 'postgresql://paystate@db1/paystate'
              paystate copy 'postgresql://paystate@db1/paystate' back.db

            No password is part of a URL: it is taken from $PGPASSWORD or ~/.pgpass or, if the \
            configuration names the same URL, from its `database_password`.

            Exits with 64 if FROM and TO do not fit, 66 if FROM has no ledger, 69 if a daemon uses \
            one of them, 73 if TO is not empty or cannot be made, 74 if the disk failed, 75 \
            if the server cannot be reached, 130 if interrupted.
            """
    )

    @Argument(help: "The ledger to copy: a file or a URL.", completion: .file())
    var from: String

    @Argument(help: "The empty place to copy it to: a file or a URL.", completion: .file())
    var to: String

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() async throws {
        let source = try location(from, called: "FROM")
        let target = try location(to, called: "TO")
        umask(0o027)
        try refuseForeignOwner(of: source)
        try refuseForeignOwner(of: target)
        let clock = ContinuousClock()
        let start = clock.now
        let copy: LedgerCopy
        do {
            copy = try await Self.copy(source, to: target, isShown: !json && isatty(STDERR_FILENO) == 1)
        } catch let error as CopyError {
            printError("\(error)")
            throw error.exitCode
        } catch is CancellationError {
            printError("interrupted: nothing was copied, and nothing is left of it")
            throw ExitCode(130)
        }
        let answer = CopyAnswer(copy, from: source, to: target, seconds: (clock.now - start) / .seconds(1))
        print(json ? try JSONText.of(answer) : answer.text)
    }

    private func location(_ text: String, called name: String) throws -> LedgerLocation {
        do {
            return LedgerLocation(options.withPassword(try DatabaseAddress(text)))
        } catch {
            // The argument is not repeated: it may hold a password.
            printError("\(name): \(error.explanation)")
            throw SysExit.usage
        }
    }

    private func refuseForeignOwner(of location: LedgerLocation) throws {
        guard case .file(let path) = location, let owner = InstructionTarget.foreignOwner(of: path) else { return }
        printError(
            """
            \(path) belongs to \(owner), and root would leave files that the daemon cannot open: run this as that user \
            (sudo -u \(owner) paystate copy …)
            """
        )
        throw SysExit.unavailable
    }

    private static func copy(
        _ source: LedgerLocation,
        to target: LedgerLocation,
        isShown: Bool
    ) async throws -> LedgerCopy {
        let progress = Mutex(Progress(isShown: isShown))
        defer { progress.withLock { $0.clear() } }
        return try await interruptible {
            try await LedgerCopy.make(from: source, to: target) { step in
                progress.withLock { progress in
                    progress.show { "\(step.isComparing ? "comparing" : "copying") \(step.table): \(step.rows) rows" }
                }
            }
        }
    }
}

/// The JSON of `paystate copy`.
private struct CopyAnswer: Encodable {
    let from: String
    let to: String
    let callbacks: Int
    let transitions: Int
    let rows: Int
    let tables: [String: Int]
    let seconds: Double

    init(_ copy: LedgerCopy, from source: LedgerLocation, to target: LedgerLocation, seconds: Double) {
        from = "\(source)"
        to = "\(target)"
        callbacks = copy.rows(of: "callback")
        transitions = copy.rows(of: "transition")
        rows = copy.tables.map(\.rows).reduce(0, +)
        tables = Dictionary(uniqueKeysWithValues: copy.tables.map { ($0.name, $0.rows) })
        self.seconds = (seconds * 1000).rounded() / 1000
    }

    var text: String {
        """
        \(to): \(callbacks) callbacks, \(transitions) transitions, \(rows) rows in \(tables.count) tables, read \
        back and compared in \(seconds) s
        Start the daemon on it now (`database` in the configuration), and never again on \(from)
        """
    }
}

extension CopyError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .bothAreFiles, .bothAreOne: SysExit.usage
        case .exists, .isNotEmpty: SysExit.cannotCreate
        case .isInUse: SysExit.unavailable
        case .isOlder: SysExit.configuration
        case .cannotUse(let error): error.exitCode
        case .hasOtherColumns, .isRefused: SysExit.data
        case .differs: SysExit.inputOutput
        case .isDisconnected, .hasUnknownOutcome: SysExit.temporaryFailure
        case .isNotMade(let error): error.exitCode
        }
    }
}
