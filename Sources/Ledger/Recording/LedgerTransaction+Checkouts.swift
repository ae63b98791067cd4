import GRDB
import Payments

/// Payment tokens and subscriptions, each with a tracked status of its own.
extension LedgerTransaction {
    mutating func record(
        _ report: CheckoutReport,
        of account: AccountRow,
        from origin: Origin,
        _ evidence: EvidenceID,
        into outcome: inout RecordedEffect
    ) throws {
        var stored = try CheckoutRows.find(report.token, of: account, in: statements)
        let consequences = stored.checkout.record(report, from: origin, schedule: schedule, at: evidence.at)
        let id = try save(&stored, consequences, of: account, evidence)
        outcome = RecordedEffect(effect: consequences.effect, row: consequences.row, status: report.status.word)
        outcome.checkout = id
        outcome.checkoutEffect = consequences.effect
    }

    mutating func save(
        _ stored: inout StoredCheckout,
        _ consequences: Consequences,
        of account: AccountRow,
        _ evidence: EvidenceID
    ) throws -> Int64 {
        if stored.checkout.pollState.requestedAt != nil { wake() }
        let isNew = stored.id == nil
        let id = try CheckoutRows.save(stored, of: account, evidence, in: statements)
        stored.id = id
        try TransitionRows.append(consequences.transitions, evidence, on: .checkout(id), of: account, in: statements)
        for anomaly in consequences.anomalies {
            if anomaly.kind == .unresolved, !anomaly.isNotice, try PollRows.isAbandoned(checkout: id, in: statements) {
                try AnomalyRows.record(anomaly, evidence, on: .checkout(id), of: account, in: statements)
            } else {
                try AnomalyRows.open(anomaly, evidence, on: .checkout(id), of: account, in: statements)
            }
        }
        if !isNew { try AnomalyRows.resolve(consequences.resolved, on: .checkout(id), at: evidence.at, in: statements) }
        return id
    }

    mutating func record(
        _ report: SubscriptionReport,
        of account: AccountRow,
        from origin: Origin,
        _ evidence: EvidenceID,
        into outcome: inout RecordedEffect
    ) throws {
        var stored = try SubscriptionRows.find(report.id, of: account, in: statements)
        let consequences = stored.subscription.record(report, from: origin, at: evidence.at)
        let id = try save(&stored, consequences, of: account, evidence)
        outcome = RecordedEffect(effect: consequences.effect, row: consequences.row, status: report.status.word)
        outcome.subscription = id
        guard let payment = report.paymentID else { return }
        outcome.payment = try expect(payment, of: account, evidence)
    }

    mutating func save(
        _ stored: inout StoredSubscription,
        _ consequences: Consequences,
        of account: AccountRow,
        _ evidence: EvidenceID
    ) throws -> Int64 {
        if stored.subscription.pollState.requestedAt != nil { wake() }
        let isNew = stored.id == nil
        let id = try SubscriptionRows.save(stored, of: account, evidence, in: statements)
        stored.id = id
        let subject = Subject.subscription(id)
        try TransitionRows.append(consequences.transitions, evidence, on: subject, of: account, in: statements)
        for anomaly in consequences.anomalies {
            try AnomalyRows.open(anomaly, evidence, on: subject, of: account, in: statements)
        }
        if !isNew { try AnomalyRows.resolve(consequences.resolved, on: subject, at: evidence.at, in: statements) }
        return id
    }

    /// Creates a payment that something refers to but nothing was reported about, and polls for it at once. A uid that
    /// is known as an operation gets no payment of its own.
    private mutating func expect(_ paymentID: String, of account: AccountRow, _ evidence: EvidenceID) throws -> Int64 {
        var stored = try PaymentRows.find(named: paymentID, of: account, in: statements)
        if let id = stored.id { return id }
        let consequences = stored.payment.expect(at: evidence.at)
        try save(&stored, consequences, of: account, evidence)
        return try stored.savedID
    }
}
