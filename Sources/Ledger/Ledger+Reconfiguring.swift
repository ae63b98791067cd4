package import Payments
import Synchronization

/// Why the ledger keeps its previous configuration.
package enum ReconfigurationError: Error, Equatable, CustomStringConvertible {
    case otherGateway(GatewayMismatch)
    case notRecorded(RecordingError)

    package var description: String {
        switch self {
        case .otherGateway(let error): error.description
        case .notRecorded(let error): error.description
        }
    }
}

extension Ledger {
    /// Applies new accounts, targets and settings: all of them, or none. New accounts and targets are durable when it
    /// returns; those that are no longer named keep their rows, and what is in progress for them is still recorded.
    ///
    /// - Parameter targets: `nil` leaves them as they are.
    package func reconfigure(
        accounts: [LedgerAccount],
        targets: [DeliveryTarget]? = nil,
        schedule: PollSchedule,
        quota: RejectionQuota,
        capacity: Int
    ) async throws(ReconfigurationError) {
        let rows: Result<(AccountRows, TargetRows), GatewayMismatch>
        do throws(RecordingError) {
            // Urgent, because a full queue may be the reason why the configuration is reloaded.
            rows = try await commits.perform(
                isUrgent: true,
                onDurable: { [commits] rows in
                    guard case .success(let rows) = rows else { return }
                    commits.reconfigure(
                        accounts: rows.0,
                        targets: rows.1,
                        schedule: schedule,
                        quota: quota,
                        capacity: capacity
                    )
                },
                { transaction in
                    transaction.wakeDeliveries()
                    return try AccountRows.laid(accounts, targets, in: transaction)
                }
            )
        } catch {
            throw .notRecorded(error)
        }
        if case .failure(let error) = rows { throw .otherGateway(error) }
        if let targets { configuredTargets.withLock { $0 = Self.byID(targets) } }
    }
}

extension AccountRows {
    /// Creates the rows as part of a transaction; other requests share it, so a conflict must not undo their work.
    fileprivate static func laid(
        _ accounts: [LedgerAccount],
        _ targets: [DeliveryTarget]?,
        in transaction: LedgerTransaction
    ) throws -> Result<(AccountRows, TargetRows), GatewayMismatch> {
        do {
            let rows = try AccountRows(accounts, in: transaction.statements)
            return .success((rows, try TargetRows(targets, of: rows, in: transaction.statements)))
        } catch let error as GatewayMismatch {
            return .failure(error)
        }
    }
}

/// An account is configured with another gateway than the one that its recorded history comes from.
package struct GatewayMismatch: Error, Equatable, CustomStringConvertible {
    package let account: String
    package let was: String
    package let wanted: String

    package init(account: String, was: String, wanted: String) {
        self.account = account
        self.was = was
        self.wanted = wanted
    }

    package var description: String {
        "account \(account) has a history at the gateway \(was): give the account at \(wanted) another name"
    }
}

/// A merchant account as the ledger knows it.
package struct LedgerAccount: Sendable, Hashable {
    package let name: String
    package let gateway: String
    /// Whether a payment's state is the fold of its operations, because the gateway reports only transactions.
    package let isFolded: Bool

    package init(name: String, gateway: String, isFolded: Bool) {
        self.name = name
        self.gateway = gateway
        self.isFolded = isFolded
    }
}
