/// Why a ledger was not derived again, or not mended; nothing was changed then, unless it says so. Each says what to do.
package enum RebuildError: Error, CustomStringConvertible {
    case cannotRead(LedgerError)
    case isOlder(path: String, version: Int, known: Int)
    /// There is no room, or no leave, for the second ledger.
    case cannotDerive(folder: String, reason: String)
    /// Evidence that the rules cannot take in once more.
    case isNotDerivable(evidence: String, reason: String)
    case isNotMended(reason: String)
    /// Nobody knows what is on the disk.
    case diskFailed(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotRead(let error):
            error.description
        case .isOlder(let path, let version, let known):
            "\(path) has schema version \(version), this paystate needs \(known); start its daemon once, which upgrades it"
        case .cannotDerive(let folder, let reason):
            "everything is derived again in \(folder), and that failed (\(reason)); name a folder with room by $TMPDIR"
        case .isNotDerivable(let evidence, let reason):
            """
            \(evidence) cannot be recorded once more (\(reason)); nothing was changed. The file is damaged, or this is a \
            mistake in paystate: `sqlite3 FILE 'PRAGMA integrity_check'` tells which
            """
        case .isNotMended(let reason):
            "the database was left as it was: what was derived could not be put in its place (\(reason))"
        case .diskFailed(let path, let reason):
            """
            the disk of \(path) failed (\(reason)), so nobody knows whether what was derived has taken the place of what was \
            stored: see what the kernel says of the disk (dmesg), then compare: paystate rebuild --check
            """
        }
    }
}
