/// Why a ledger was not copied; nothing half done is left in its place.
package enum CopyError: Error, Equatable {
    case bothAreFiles
    case bothAreOne(database: String)
    /// The file is there already.
    case exists(path: String)
    /// The database has a ledger with something in it.
    case isNotEmpty(database: String, table: String)
    /// Receivers work on the database, by the leases that they hold.
    case isInUse(database: String, leases: [String])
    /// An older version made it, and this one has not upgraded it yet.
    case isOlder(database: String, version: Int, known: Int)
    /// One of the two could not be opened, read or written.
    case cannotUse(LedgerError)
    /// The target has other columns than the source.
    case hasOtherColumns(table: String)
    /// The target does not take a row, because it breaks a rule of the schema.
    case isRefused(table: String, reason: String)
    /// What was read back is not what was copied.
    case differs(table: String, copied: Int, found: Int)
    case isDisconnected(database: String, reason: String)
    /// The connection was lost while the copy was committed.
    case hasUnknownOutcome(database: String, reason: String)
    /// The file of the copy could not be made.
    case isNotMade(BackupError)
}

extension CopyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .bothAreFiles:
            "from a file to a file, paystate backup makes the copy, even while the daemon runs"
        case .bothAreOne(let database):
            "the ledger is in \(database) already: name another database to copy it to"
        case .exists(let path):
            "\(path) already exists, and a copy never overwrites: name another file"
        case .isNotEmpty(let database, let table):
            """
            \(database) has a ledger already (there are rows in \(table)), and a copy never overwrites: name another \
            database or, if nobody needs what is in this one, empty it first: \
            psql '\(database)' -c 'DROP SCHEMA paystate CASCADE'
            """
        case .isInUse(let database, let leases):
            """
            a daemon works on \(database) (leases: \(leases.joined(separator: ", "))), and what it records while it is \
            copied would be missing: stop every daemon first; leases of one that was killed end after 30 seconds
            """
        case .isOlder(let database, let version, let known):
            """
            \(database) has schema version \(version), this paystate copies version \(known): start this version of \
            the daemon on it once, which upgrades it
            """
        case .cannotUse(.isLocked(let path, let holder)):
            """
            a daemon\(holder) holds \(path), and what it records while it is copied would be missing: stop it first \
            (systemctl stop paystate)
            """
        case .cannotUse(let error): "\(error)"
        case .hasOtherColumns(let table):
            """
            the table \(table) has other columns in the one than in the other, so nothing was copied: somebody has \
            changed it by hand
            """
        case .isRefused(let table, let reason):
            "a row of \(table) breaks a rule of the schema (\(reason)), so nothing was copied"
        case .differs(let table, let copied, let found):
            """
            what was read back of \(table) is not what was copied (\(copied) rows copied, \(found) read back), so \
            nothing was left of it: check the memory and the disk of the target
            """
        case .isDisconnected(let database, let reason):
            "the connection to \(database) was lost (\(reason)), and nothing was copied: try again"
        case .hasUnknownOutcome(let database, let reason):
            """
            the connection to \(database) was lost while the copy was committed (\(reason)): try again; if it has a \
            ledger already then, the copy is complete
            """
        case .isNotMade(let error): "\(error)"
        }
    }
}
