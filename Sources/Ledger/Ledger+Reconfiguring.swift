package import Payments

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
    /// Applies new accounts and settings: all of them, or none. New accounts are durable when it returns; accounts that
    /// are no longer named keep their rows, and polls and callbacks in progress for them are still recorded.
    package func reconfigure(
        accounts: [LedgerAccount],
        schedule: PollSchedule,
        quota: RejectionQuota,
        capacity: Int
    ) async throws(ReconfigurationError) {
        let rows: Result<AccountRows, GatewayMismatch>
        do throws(RecordingError) {
            // Urgent, because a full queue may be the reason why the configuration is reloaded.
            rows = try await commits.perform(
                isUrgent: true,
                onDurable: { [commits] rows in
                    guard case .success(let rows) = rows else { return }
                    commits.reconfigure(accounts: rows, schedule: schedule, quota: quota, capacity: capacity)
                },
                { transaction in try AccountRows.laid(accounts, in: transaction) }
            )
        } catch {
            throw .notRecorded(error)
        }
        if case .failure(let error) = rows { throw .otherGateway(error) }
    }
}

extension AccountRows {
    /// Creates the rows as part of a transaction; other requests share it, so a conflict must not undo their work.
    fileprivate static func laid(
        _ accounts: [LedgerAccount],
        in transaction: LedgerTransaction
    ) throws -> Result<AccountRows, GatewayMismatch> {
        do {
            return .success(try AccountRows(accounts, in: transaction.statements))
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
