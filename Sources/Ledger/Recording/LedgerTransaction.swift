import GRDB
import Payments

/// What one transaction of the writer can do: the steps that callbacks, answers and operators' instructions share.
struct LedgerTransaction {
    let statements: StatementCache
    let accounts: AccountRows
    let schedule: PollSchedule
    /// Whether this transaction requested an immediate poll.
    private(set) var hasPollRequests = false
    /// Whether as much was written as a callback needs, which proves that there is space for another.
    private(set) var provesRoom = false
    /// What is stored of rejected requests.
    var rejections: RejectedRows
    /// The number of the next callback: read from the database once, then counted.
    private var nextCallback: Int64
    /// The number of the next evidence of any kind, when it is recorded again under its existing number.
    var knownNumber: Int64?

    init(statements: StatementCache, accounts: AccountRows, schedule: PollSchedule, rejections: RejectedRows) throws {
        self.statements = statements
        self.accounts = accounts
        self.schedule = schedule
        self.rejections = rejections
        nextCallback = try CallbackRows.nextID(in: statements)
    }

    /// Records an authentic callback once, however often it is delivered.
    mutating func record(_ callback: ReceivedCallback) throws -> RecordResult {
        let account = try accounts.row(of: callback.account)
        if let known = try CallbackRows.redeliver(callback, to: account, in: statements) { return known }
        let id = knownNumber ?? nextCallback
        nextCallback = id.addingSaturated(1)
        let evidence = EvidenceID(source: .callback, number: id, at: callback.reverifiedAt ?? callback.receivedAt)
        let outcome =
            switch callback.content {
            case .report(let report):
                try record(report, of: account, by: .callback, confirmsMoney: callback.confirmsMoney, evidence)
            case .unproven(let report): try hold(report, of: account, evidence)
            case .undecodable(let detail, let mention):
                try keepUndecodable(detail, naming: mention, evidence, of: account)
            }
        if callback.verdict == .ambiguous, case .report = callback.content, let payment = outcome.payment {
            try AnomalyRows.record(
                Anomaly(kind: .ambiguousSignature, detail: "applied directly, as the account is configured"),
                evidence,
                on: .payment(payment),
                of: account,
                in: statements
            )
        }
        try CallbackRows.insert(id, callback, outcome, of: account, in: statements)
        provesRoom = true
        if let moment = callback.reverifiedAt { try CallbackRows.markReverified(id, at: moment, in: statements) }
        return RecordResult(callback: id, effect: outcome.effect, isDuplicate: false)
    }

    /// The last callback before the evidence that is being recorded.
    var lastCallback: Int64 { nextCallback - 1 }

    /// The position among all evidence of what is being recorded.
    func place() throws -> EvidencePosition {
        EvidencePosition(
            callback: lastCallback,
            poll: try PollRows.nextID(in: statements) - 1,
            instruction: try InstructionRows.nextID(in: statements) - 1
        )
    }

    /// Marks that an immediate poll is wanted, apart from what is saved here.
    mutating func wake() { hasPollRequests = true }

    /// Writes the heartbeat: a proof that the database can be written.
    ///
    /// Each heartbeat leaves a later time than the one before, so that no two look alike, and none overwrites another
    /// that was stamped later but written earlier. Only a time further back than any caller waits comes from a clock
    /// that was set back.
    ///
    /// - Parameter weight: how many bytes of ballast it writes, which the next heartbeat replaces.
    /// - Returns: the time that was stored.
    mutating func touch(at now: Timestamp, weight: Int) throws -> Timestamp {
        let at = try statements.number(
            """
            INSERT INTO heartbeat (id, at, ballast) VALUES (1, ?, zeroblob(?))
            ON CONFLICT (id) DO UPDATE SET
                at = iif(excluded.at BETWEEN at - 60000 AND at, at + 1, excluded.at),
                ballast = excluded.ballast
            RETURNING at
            """,
            [now.milliseconds, weight]
        )
        if weight > 0 { provesRoom = true }
        return Timestamp(stored: at) ?? now
    }

    /// Records what a gateway reports, whatever its origin: the common path of callbacks and answers.
    mutating func record(
        _ report: Report,
        of account: AccountRow,
        by origin: ReportOrigin,
        confirmsMoney: Bool = false,
        _ evidence: EvidenceID
    ) throws -> RecordedEffect {
        var outcome = RecordedEffect(effect: .unrecognised)
        try TokenRows.save(report.tokens, of: account, evidence, in: statements)
        if let subscription = report.subscription {
            let origin = origin.origin(of: .subscription(id: subscription.id))
            try record(subscription, of: account, from: origin, evidence, into: &outcome)
        }
        if let checkout = report.checkout {
            let origin = origin.origin(of: .checkout(token: checkout.token))
            try record(checkout, of: account, from: origin, evidence, into: &outcome)
        }
        if report.payment != nil || !report.operations.isEmpty {
            let origin = origin.origin(ofPaymentIn: report)
            try recordPayment(
                report,
                of: account,
                from: origin,
                confirmsMoney: confirmsMoney,
                evidence,
                into: &outcome
            )
        }
        return outcome
    }

    private mutating func recordPayment(
        _ report: Report,
        of account: AccountRow,
        from origin: Origin,
        confirmsMoney: Bool,
        _ evidence: EvidenceID,
        into outcome: inout RecordedEffect
    ) throws {
        guard var stored = try PaymentRows.find(for: report, of: account, evidence, in: statements) else { return }
        let own = report.payment?.id == stored.payment.id || !account.isFolded ? report.payment : nil
        if account.isFolded, let token = own?.checkoutToken {
            try link(&stored.payment, to: token, of: account)
        }
        let consequences = stored.payment.record(
            own,
            operations: report.operations,
            from: origin,
            confirmingMoneyDespite: confirmsMoney ? try AnomalyRows.open(on: stored.id, in: statements) : nil,
            schedule: schedule,
            at: evidence.at
        )
        try save(&stored, consequences, of: account, evidence)
        try tellCheckout(of: stored.payment, of: account, evidence)
        outcome.effect = consequences.effect
        outcome.row = consequences.row
        outcome.payment = stored.id
        outcome.operationID = report.operations.last?.id
        outcome.status = report.payment?.status?.word ?? report.operations.last?.status.word
    }

    /// Links the payment to the token that led to it, which may be known and watched already. A payment has one token,
    /// the first that is named, even by late evidence; so whatever the payment has from its token follows from the
    /// stored payment.
    private func link(_ payment: inout Payment, to token: String, of account: AccountRow) throws {
        guard (payment.checkoutToken ?? token) == token else { return }
        payment.checkoutToken = token
        let stored = try CheckoutRows.find(token, of: account, in: statements)
        guard let id = stored.id else { return }
        if stored.checkout.paymentID == nil { try CheckoutRows.link(id, to: payment.id, in: statements) }
        if payment.expectation == Expectation() { payment.expect(stored.checkout.expectation) }
    }

    /// A token whose payment succeeded has succeeded, even after it expired.
    private mutating func tellCheckout(of payment: Payment, of account: AccountRow, _ evidence: EvidenceID) throws {
        guard account.isFolded, payment.state.wasPaid, let token = payment.checkoutToken else { return }
        var stored = try CheckoutRows.find(token, of: account, in: statements)
        guard stored.id != nil else { return }
        let consequences = stored.checkout.succeed(with: payment)
        guard consequences.effect == .applied else { return }
        _ = try save(&stored, consequences, of: account, evidence)
    }

    private mutating func hold(_ report: Report, of account: AccountRow, _ evidence: EvidenceID) throws
        -> RecordedEffect
    {
        guard var stored = try PaymentRows.find(for: report, of: account, evidence, in: statements) else {
            return RecordedEffect(effect: .unrecognised)
        }
        let consequences = stored.payment.hold(at: evidence.at)
        try save(&stored, consequences, of: account, evidence)
        return RecordedEffect(
            effect: .held,
            payment: stored.id,
            operationID: report.operations.last?.id,
            status: report.payment?.status?.word
        )
    }

    mutating func save(
        _ stored: inout StoredPayment,
        _ consequences: Consequences,
        of account: AccountRow,
        _ evidence: EvidenceID
    ) throws {
        let isNew = stored.id == nil
        if stored.hasNewPollRequest { hasPollRequests = true }
        let id = try PaymentRows.save(&stored, of: account, evidence, in: statements)
        try TransitionRows.append(consequences.transitions, evidence, on: .payment(id), of: account, in: statements)
        for anomaly in consequences.anomalies {
            if anomaly.kind == .unresolved, !anomaly.isNotice, try PollRows.isAbandoned(payment: id, in: statements) {
                try AnomalyRows.record(anomaly, evidence, on: .payment(id), of: account, in: statements)
            } else {
                try AnomalyRows.open(anomaly, evidence, on: .payment(id), of: account, in: statements)
            }
        }
        guard !isNew else { return }
        try AnomalyRows.resolve(consequences.resolved, on: .payment(id), at: evidence.at, in: statements)
    }

    /// Stores evidence that cannot be read. An entity that it names is created if it is not known, and polled at once.
    private mutating func keepUndecodable(
        _ detail: String,
        naming mention: Mention?,
        _ evidence: EvidenceID,
        of account: AccountRow
    ) throws -> RecordedEffect {
        var outcome = RecordedEffect(effect: .undecodable)
        let anomaly = Anomaly(kind: .undecodable, detail: detail)
        guard let mention else {
            try AnomalyRows.open(anomaly, evidence, on: .evidence(evidence), of: account, in: statements)
            return outcome
        }
        var stored = try PaymentRows.find(mention, of: account, evidence, in: statements)
        var consequences = stored.payment.mention(operation: mention.operationID, at: evidence.at)
        consequences.anomalies = [anomaly]
        try save(&stored, consequences, of: account, evidence)
        outcome.payment = stored.id
        outcome.operationID = mention.operationID
        return outcome
    }
}
