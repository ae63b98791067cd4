import Ledger
import Synchronization

/// Whether each commit is in a second place before it returns, as ``HealthWatch`` saw it last: `/readyz` tells it, and
/// must not wait for the server to say.
final class Replication: Sendable {
    private let lastSeen = Mutex<Bool?>(nil)

    /// `nil` while it is not known, and if the ledger is a file.
    var isReplicated: Bool? { lastSeen.withLock { $0 } }

    func refresh(from reader: LedgerReader) async {
        // What cannot be read is not known any more.
        let seen = try? await reader.isReplicated()
        lastSeen.withLock { $0 = seen }
    }
}
