package import ConfigurationFile
import Gateways
package import Ledger
import Payments

extension Configuration.PublicConfiguration {
    package var ledgerAccounts: [LedgerAccount] { accounts.map(LedgerAccount.init) }

    /// Opens the ledger for writing, and holds its lock.
    ///
    /// - Parameter targets: of deliveries; `nil` leaves those that the ledger knows as they are.
    package func openLedger(targets: [DeliveryTarget]? = nil) throws(LedgerError) -> Ledger {
        try Ledger(
            at: LedgerLocation(database),
            accounts: ledgerAccounts,
            targets: targets,
            schedule: reconcile.schedule,
            quota: retention.quota,
            capacity: limits.queue
        )
    }
}

extension Configuration.Retention {
    var quota: RejectionQuota { RejectionQuota(rows: rejectedRows, bytes: rejectedBytes, age: rejected) }

    /// The policy that pruning follows.
    package var rule: RetentionPolicy { RetentionPolicy(bodies: bodies, rejected: quota) }
}

extension LedgerAccount {
    init(_ account: Configuration.PublicAccount) {
        self.init(name: account.name, gateway: account.gateway.name, isFolded: account.gateway.foldsOperations)
    }
}
