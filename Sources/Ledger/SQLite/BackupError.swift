/// Why a backup was not made; nothing half done is left under its name.
package enum BackupError: Error, Equatable {
    case exists(path: String)
    /// The folder does not exist, or may not be written to.
    case cannotCreate(path: String, reason: String)
    case diskFailed(path: String, reason: String)
    /// The database itself is damaged: SQLite's findings, one per line.
    case isDamaged(path: String, findings: [String])
    /// The copy is damaged, but the database is not.
    case copyIsDamaged(path: String, database: String, findings: [String])
    /// The operating system could not read the database.
    case sourceFailed(path: String, reason: String)
    case cannotRead(LedgerError)
}

extension BackupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exists(let path):
            "\(path) already exists, and a backup never overwrites: name another file, or a folder"
        case .cannotCreate(let path, let reason):
            "cannot make \(path): \(reason); name a file in a folder that exists and that this user may write to"
        case .diskFailed(let path, let reason):
            """
            \(path) could not be written (\(reason)), nothing was left of it: check that its disk has room and is \
            healthy
            """
        case .isDamaged(let path, let findings):
            """
            \(path) is damaged, so there is no backup of it; keep the older backups, and restore the last good one:
              \(findings.joined(separator: "\n  "))
            """
        case .copyIsDamaged(let path, let database, let findings):
            """
            the copy was damaged on its way to \(path), and nothing was left of it; \(database) itself was checked and is \
            sound: keep it as it is, and check the disk of the copy (dmesg). What was found in the copy:
              \(findings.joined(separator: "\n  "))
            """
        case .sourceFailed(let path, let reason):
            """
            \(path) could not be read (\(reason)), so there is no backup of it; keep the older backups, and see what the kernel \
            says about its disk (dmesg)
            """
        case .cannotRead(let error): "\(error)"
        }
    }
}
