/// Why the ledger cannot be opened; each says what to do.
package enum LedgerError: Error, Equatable, CustomStringConvertible {
    case isLocked(path: String, holder: String)
    case isForeign(path: String)
    case isNewer(path: String, version: Int, known: Int)
    case otherGateway(OtherGateway)
    case cannotOpen(path: String, reason: String)

    package var description: String {
        switch self {
        case .isLocked(let path, let holder):
            "another paystate daemon\(holder) holds \(path); stop it first, or give this one a database of its own"
        case .isForeign(let path):
            "\(path) is a database, but not Paystate's; name another file under `database`, nothing was changed"
        case .isNewer(let path, let version, let known):
            "\(path) has schema version \(version), this paystate knows up to \(known); install the newer paystate"
        case .otherGateway(let error):
            error.description
        case .cannotOpen(let path, let reason):
            "cannot open \(path): \(reason)"
        }
    }
}

/// Why something was not recorded. The sender is told to come again: nothing was acknowledged.
package enum RecordingError: Error, Equatable {
    case queueIsFull
    case isClosed
    /// The disk is full, or the database cannot be written for now.
    case isUnwritable(reason: String)
    /// This one item could not be written, though others could.
    case isRefused(reason: String)
}
