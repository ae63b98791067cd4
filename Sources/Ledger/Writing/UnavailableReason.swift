import Synchronization

/// What stands in the way of recording for now. It passes by itself; until then nothing is acknowledged, so nothing is lost.
package enum UnavailableReason: Sendable, Equatable {
    /// The last write found no room.
    case diskIsFull
    case diskIsReadOnly
    /// Another program holds the database locked for longer than anybody waits here.
    case isLocked
    case isUnwritable(reason: String)
    /// There is some room, in bytes, but it is kept for what is more important.
    case isShort(free: Int64, needed: Int64)
}

/// What room on the disk is wanted for.
package enum DiskUse: Sendable {
    /// Callbacks: whoever sends one may give up one day.
    case callbacks
    /// Questions to the gateways, which can as well be put later: they stop first.
    case polling

    /// What must be free before it is begun, in bytes. Of a small file system it is a sixteenth, so that the same program can
    /// live there too.
    func need(on disk: FreeSpace) -> Int64 {
        let reserve = min(64 << 20, disk.total / 16)
        return switch self {
        case .callbacks: reserve / 16
        case .polling: reserve
        }
    }
}

extension Ledger {
    /// Whether the last write failed, and none has shown since that there is room for a callback.
    package var hasFailed: Bool { writeHealth.unavailableReason != nil }

    /// What stands in the way; `nil` if nothing is known to. Asks the file system, which takes microseconds.
    package func unavailableReason(for use: DiskUse) -> UnavailableReason? {
        if let unavailableReason = writeHealth.unavailableReason { return unavailableReason }
        guard let disk = FreeSpace(besides: path) else { return nil }
        guard !disk.isReadOnly else { return .diskIsReadOnly }
        let needed = use.need(on: disk)
        return disk.bytes < needed ? .isShort(free: disk.bytes, needed: needed) : nil
    }
}

extension UnavailableReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .diskIsFull: "the disk is full"
        case .diskIsReadOnly: "the disk is mounted read-only"
        case .isLocked: "another program holds the database locked"
        case .isUnwritable(let reason): "the database cannot be written (\(reason))"
        case .isShort(let free, let needed):
            "only \(free >> 10) KiB are free on the disk, less than the \(needed >> 10) KiB that are kept in reserve"
        }
    }
}

/// What the last write met: remembered until one succeeds that is as large as a callback, for a tiny one may still fit where
/// no callback does.
final class WriteHealth: Sendable {
    private let met = Mutex<UnavailableReason?>(nil)

    var unavailableReason: UnavailableReason? { met.withLock { $0 } }

    /// - Returns: whether the write before it went well.
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
