import ArgumentParser
import ConfigurationFile
import Daemon
import Ledger
import Payments
import Sandbox
import Telemetry

/// `paystate backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database while the daemon keeps running.",
        usage: "paystate backup PLACE [OPTIONS]",
        discussion: """
            The copy shows the database as of one moment. It is never written over an \
            existing file, and appears only when it is complete, was checked (integrity, \
            foreign keys) and is on the disk. In a folder it is named after the database and \
            the time in UTC. Give each database a folder of its own: --keep goes by the \
            names, and those of two databases called paystate.db look the same.

              paystate backup /var/backups/paystate/before-upgrade.db
              paystate backup /var/backups/paystate/ --keep 14

            The copy is one plain file that SQLite opens read-only. To restore it, stop the \
            daemon, move paystate.db, paystate.db-wal and paystate.db-shm away, copy the \
            backup to paystate.db as the daemon's user, and start the daemon.
            """
    )

    @Argument(help: "The file to make, or the folder to make it in.", completion: .file())
    var place: String

    @Option(
        help: ArgumentHelp(
            "In a folder: keep only the newest N dated copies of this database (default: all).",
            valueName: "n"
        )
    )
    var keep: Int?

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func validate() throws {
        guard keep.map({ $0 > 0 }) ?? true else { throw ValidationError("--keep takes 1 or more") }
    }

    func run() async throws {
        let address = try database.address()
        let location = LedgerLocation(address)
        let place = BackupDestination(place, of: address.nameForCopies, at: .now())
        if keep != nil, place.folder == nil {
            printError("--keep needs a folder: a file's name does not show its age")
            throw SysExit.usage
        }
        let clock = ContinuousClock()
        let start = clock.now
        let backup: Backup
        do {
            backup = try await interruptible { try await Self.copy(location, to: place.file) }
        } catch let error as BackupError {
            printError("\(error)")
            throw error.exitCode
        } catch is CancellationError {
            printError("interrupted: no backup was made, and nothing is left of it")
            throw ExitCode(130)
        }
        let removed = try keep.map { try place.removeAll(butNewest: $0) } ?? []
        let answer = BackupAnswer(backup, seconds: (clock.now - start) / .seconds(1), removed: removed)
        print(json ? try JSONText.of(answer) : answer.text)
    }

    private static func copy(_ location: LedgerLocation, to path: String) async throws -> Backup {
        switch location {
        case .file(let source): try await Backup.make(of: source, at: path)
        case .postgreSQL(let address): try await Ledger.backup(from: address, to: path)
        }
    }
}

/// The JSON of `paystate backup`.
private struct BackupAnswer: Encodable {
    let file: String
    let bytes: Int64
    let callbacks: Int
    let payments: Int
    let seconds: Double
    let removed: [String]

    init(_ backup: Backup, seconds: Double, removed: [String]) {
        file = backup.path
        bytes = backup.bytes
        callbacks = backup.callbacks
        payments = backup.payments
        self.seconds = (seconds * 1000).rounded() / 1000
        self.removed = removed
    }

    var text: String {
        """
        \(file): \(payments) payments, \(callbacks) callbacks, \(bytes) bytes, verified and on the disk in \(seconds) s
        """ + removed.map { "\n\($0) was removed" }.joined()
    }
}

extension BackupError {
    var exitCode: ExitCode {
        switch self {
        case .exists, .cannotCreate: SysExit.cannotCreate
        case .diskFailed, .copyIsDamaged, .sourceFailed: SysExit.inputOutput
        case .isDamaged: SysExit.data
        case .cannotRead(let error): error.exitCode
        }
    }
}
