import Synchronization

/// Work that only one of several receivers does for a ledger. What is recorded depends on none of it: at worst a gateway
/// is polled, or a target told, by two for a moment.
package enum Lease: Sendable, Hashable {
    /// Polling an account's gateway.
    case polling(account: String)
    /// Delivering to a target.
    case delivering(DeliveryTarget.ID)
    /// What is done once for the whole ledger: pruning, and the tallies of the hours.
    case keeping

    /// Its name in the table.
    package var name: String {
        switch self {
        case .polling(let account): "poll:\(account)"
        case .delivering(let target): "deliver:\(target)"
        case .keeping: "keeper"
        }
    }
}

/// Which leases this receiver has. The only receiver of a ledger has them all.
final class Leases: Sendable {
    /// Shorter than the database grants them, so that a receiver which does not reach it stops before another begins.
    private static let validity = Duration.seconds(25)

    private let isShared: Bool
    private let ends = Mutex<[String: ContinuousClock.Instant]>([:])

    init(isShared: Bool) {
        self.isShared = isShared
    }

    func holds(_ lease: Lease, at instant: ContinuousClock.Instant = .now) -> Bool {
        guard isShared else { return true }
        return ends.withLock { $0[lease.name].map { instant < $0 } ?? false }
    }

    /// - Parameter asked: when the database was asked for them.
    func renewed(_ names: Set<String>, asked instant: ContinuousClock.Instant) {
        ends.withLock { ends in
            ends = Dictionary(uniqueKeysWithValues: names.map { ($0, instant + Self.validity) })
        }
    }
}

extension Ledger {
    /// Whether other receivers may write the same ledger.
    package var isShared: Bool { store.isShared }

    /// Whether this receiver is to do what a lease is for. It takes no time.
    package func holds(_ lease: Lease) -> Bool { leases.holds(lease) }

    /// Takes leases that no other receiver has, and keeps those that this one has. To be repeated every ten seconds.
    ///
    /// - Returns: those that it has now.
    @discardableResult
    package func renew(_ wanted: Set<Lease>) async throws(RecordingError) -> Set<Lease> {
        let asked = ContinuousClock.now
        let wantedNames = wanted.map(\.name).sorted()
        let names = try await perform(isUrgent: true) { [store] in
            try store.renew(wantedNames, in: $0.statements)
        }
        leases.renewed(names, asked: asked)
        return wanted.filter { names.contains($0.name) }
    }
}
