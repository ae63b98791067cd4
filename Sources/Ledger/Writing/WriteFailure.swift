import Synchronization

/// Why nothing can be recorded for now. The condition passes by itself; until then nothing is acknowledged, so nothing
/// is lost.
package enum UnavailableReason: Sendable, Equatable {
    /// The last write found no space.
    case diskIsFull
    case diskIsReadOnly
    /// Another program keeps the database locked for longer than the timeout.
    case isLocked
    case isUnwritable(reason: String)
    /// The server cannot be reached, or does not write.
    case isDisconnected(reason: String)
    /// Some space is free, in bytes, but it is reserved for more important uses.
    case isShort(free: Int64, needed: Int64)
}

/// What disk space is needed for.
package enum DiskUse: Sendable {
    /// Callbacks: a sender may give up eventually.
    case callbacks
    /// Polls of the gateways, which can just as well be sent later: they stop first.
    case polling
}

extension Ledger {
    /// Whether the last write failed, and none since has shown that there is space for a callback.
    package var hasFailed: Bool { commits.health.unavailableReason != nil }

    /// Why nothing can be recorded; `nil` if no reason is known. Queries the file system, which takes microseconds.
    package func unavailableReason(for use: DiskUse) -> UnavailableReason? {
        commits.health.unavailableReason ?? store.unavailableReason(for: use)
    }
}

extension UnavailableReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .diskIsFull: "the disk is full"
        case .diskIsReadOnly: "the disk is mounted read-only"
        case .isLocked: "another program holds the database locked"
        case .isUnwritable(let reason): "the database cannot be written (\(reason))"
        case .isDisconnected(let reason): "the database server does not write (\(reason))"
        case .isShort(let free, let needed):
            "only \(free >> 10) KiB are free on the disk, less than the reserve of \(needed >> 10) KiB"
        }
    }
}

/// The reason why the last write failed. It is remembered until a write succeeds that is as large as a callback, for a
/// tiny one may still fit where no callback does.
final class WriteHealth: Sendable {
    private let met = Mutex<UnavailableReason?>(nil)

    var unavailableReason: UnavailableReason? { met.withLock { $0 } }

    /// - Returns: whether the write before it succeeded.
    func failed(at unavailableReason: UnavailableReason) -> Bool {
        met.withLock { met in
            defer { met = unavailableReason }
            return met == nil
        }
    }

    func succeeded() {
        met.withLock { $0 = nil }
    }
}

/// Why a transaction was not written.
enum WriteFailure: Error {
    /// The state of the disk is unknown, and a damaged file must not be written any more: the process ends, and the
    /// next start recovers what was committed. Above all after a failed fsync: the kernel has dropped the pages that it
    /// could not write, and a second fsync would succeed without them.
    case fatal(reason: String)
    /// Nothing at all can be written for now: trying other items would only repeat the failure.
    case unavailable(UnavailableReason, reason: String)
    /// The failure concerns only the data that was to be written.
    case refused(reason: String)

    var reason: String {
        switch self {
        case .fatal(let reason), .unavailable(_, let reason), .refused(let reason): reason
        }
    }
}
