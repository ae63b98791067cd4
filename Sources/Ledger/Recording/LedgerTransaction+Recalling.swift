import Payments

extension LedgerTransaction {
    /// Plans polls again that a clock which ran ahead has planned for too late. Nothing but `next_poll_at` changes:
    /// everything else follows from the evidence.
    ///
    /// - Returns: how many polls have another plan now.
    mutating func recall(_ suspects: [DuePolls.Suspect], at now: Timestamp) throws -> Int {
        var count = 0
        for suspect in suspects {
            guard let account = accounts[suspect.account] else { continue }
            switch suspect.row {
            case .payment(let id), .operation(_, let id):
                count += try recall(payment: id, suspect, of: account, at: now)
            case .checkout(let id):
                var checkout = try CheckoutRows.find(suspect.name, of: account, in: statements).checkout
                guard checkout.correct(isDatedAhead: suspect.isDatedAhead, by: schedule, at: now) else { continue }
                try statements.execute(
                    "UPDATE checkout SET next_poll_at = ? WHERE id = ?",
                    [checkout.pollState.nextPollAt?.milliseconds, id]
                )
                count += 1
            case .subscription(let id):
                var subscription = try SubscriptionRows.find(suspect.name, of: account, in: statements).subscription
                guard subscription.correct(isDatedAhead: suspect.isDatedAhead, by: schedule, at: now) else { continue }
                try statements.execute(
                    "UPDATE subscription SET next_poll_at = ? WHERE id = ?",
                    [subscription.pollState.nextPollAt?.milliseconds, id]
                )
                count += 1
            }
        }
        wake()
        return count
    }

    private func recall(
        payment id: Int64,
        _ suspect: DuePolls.Suspect,
        of account: AccountRow,
        at now: Timestamp
    ) throws -> Int {
        guard var payment = try PaymentRows.read(id, of: account, in: statements)?.payment else { return 0 }
        let changed = payment.correct(isDatedAhead: suspect.isDatedAhead, by: schedule, at: now)
        if changed.payment {
            try statements.execute(
                "UPDATE payment SET next_poll_at = ? WHERE id = ?",
                [payment.pollState.nextPollAt?.milliseconds, id]
            )
        }
        for operation in payment.operations where changed.operations.contains(operation.id) {
            try statements.execute(
                "UPDATE operation SET next_poll_at = ? WHERE payment = ? AND operation_id = ?",
                [operation.pollState.nextPollAt?.milliseconds, id, operation.id]
            )
        }
        return (changed.payment ? 1 : 0) + changed.operations.count
    }
}
