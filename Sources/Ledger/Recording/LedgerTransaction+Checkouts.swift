import Payments

/// Payment tokens and subscriptions, each with a tracked status of its own.
extension LedgerTransaction {
    mutating func record(
        _ report: CheckoutReport,
        from origin: Origin,
        in context: RecordContext,
        into outcome: inout RecordedEffect
    ) throws {
        var stored = try CheckoutRows.find(report.token, of: context.account, in: statements)
        let consequences = stored.checkout.record(report, from: origin, schedule: schedule, at: context.evidence.at)
        let id = try save(&stored, consequences, in: context)
        outcome = RecordedEffect(effect: consequences.effect, row: consequences.row, status: report.status.word)
        outcome.checkout = id
        outcome.checkoutEffect = consequences.effect
    }

    mutating func save(
        _ stored: inout StoredCheckout,
        _ consequences: Consequences,
        in context: RecordContext
    ) throws -> Int64 {
        let isNew = stored.id == nil
        if stored.checkout.pollState.requestedAt != nil { wake() }
        let id = try CheckoutRows.save(stored, in: context)
        stored.id = id
        try persist(consequences, on: .checkout(id), isNew: isNew, in: context)
        return id
    }

    mutating func record(
        _ report: SubscriptionReport,
        from origin: Origin,
        in context: RecordContext,
        into outcome: inout RecordedEffect
    ) throws {
        var stored = try SubscriptionRows.find(report.id, of: context.account, in: statements)
        let consequences = stored.subscription.record(report, from: origin, at: context.evidence.at)
        let id = try save(&stored, consequences, in: context)
        outcome = RecordedEffect(effect: consequences.effect, row: consequences.row, status: report.status.word)
        outcome.subscription = id
        guard let payment = report.paymentID else { return }
        outcome.payment = try expect(payment, in: context)
    }

    mutating func save(
        _ stored: inout StoredSubscription,
        _ consequences: Consequences,
        in context: RecordContext
    ) throws -> Int64 {
        let isNew = stored.id == nil
        if stored.subscription.pollState.requestedAt != nil { wake() }
        let id = try SubscriptionRows.save(stored, in: context)
        stored.id = id
        try persist(consequences, on: .subscription(id), isNew: isNew, in: context)
        return id
    }

    /// Creates a payment that something refers to but nothing was reported about, and polls for it at once. A uid that
    /// is known as an operation gets no payment of its own.
    private mutating func expect(_ paymentID: String, in context: RecordContext) throws -> Int64 {
        var stored = try PaymentRows.find(named: paymentID, of: context.account, in: statements)
        if let id = stored.id { return id }
        let consequences = stored.payment.expect(at: context.evidence.at)
        try save(&stored, consequences, in: context)
        return try stored.savedID
    }
}
