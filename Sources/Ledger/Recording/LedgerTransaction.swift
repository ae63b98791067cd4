import Payments

/// What one transaction of the writer can do: the steps that callbacks, answers and operators' instructions share.
struct LedgerTransaction {
    let statements: any Statements
    let accounts: AccountRows
    let targets: TargetRows
    let schedule: PollSchedule
    /// Whether this transaction requested an immediate poll.
    private(set) var hasPollRequests = false
    /// Whether this transaction has something for a target.
    private(set) var hasDeliveries = false
    /// Whether as much was written as a callback needs, which proves that there is space for another.
    private(set) var provesRoom = false
    /// What is stored of rejected requests.
    var rejections: RejectedRows
    private let numbers: RowNumbers
    private let opened = OpenedPayments()
    /// Whether each callback is looked up among those that are recorded, even if its payment is new.
    private let looksUpAll: Bool
    /// The number of the next callback: read from the database once, then counted.
    private var nextCallback: Int64
    /// The number of the next evidence of any kind, when it is recorded again under its existing number.
    var knownNumber: Int64?

    /// When the last evidence was recorded, by whatever clock; `nil` if there is only one clock.
    private var lastTime: Timestamp?

    /// The furthest that the clocks of several receivers may differ before one of them counts as wrong.
    private static let skew = Duration.seconds(60)

    /// - Parameters:
    ///   - isShared: whether other receivers write the same ledger, by their own clocks.
    ///   - looksUpAll: whether each callback is looked up among those that are recorded, even if its payment is new. Without
    ///     it, bytes that could not be read when they came before, and can be now, fail the transaction.
    init(
        statements: any Statements,
        accounts: AccountRows,
        targets: TargetRows = TargetRows(),
        schedule: PollSchedule,
        rejections: RejectedRows,
        isShared: Bool = false,
        looksUpAll: Bool = true
    ) throws {
        self.statements = statements
        self.accounts = accounts
        self.targets = targets
        self.schedule = schedule
        self.rejections = rejections
        self.looksUpAll = looksUpAll
        numbers = RowNumbers(in: statements)
        nextCallback = try CallbackRows.nextID(in: statements)
        lastTime = isShared ? Timestamp(milliseconds: try statements.number(RowNumbers.lastTime) ?? 0) : nil
    }

    /// A time at which evidence is recorded: not before that of the evidence before it, which another receiver may have
    /// recorded by a clock that is ahead of this one.
    mutating func inOrder(_ time: Timestamp) -> Timestamp {
        guard let last = lastTime else { return time }
        let ordered = time < last && last <= time + Self.skew ? last : time
        lastTime = ordered
        return ordered
    }

    /// The number of the last transition that was added; `nil` if none was.
    var lastTransition: Int64? { numbers.lastAdded }

    /// Writes what is counted over the whole transaction: the last that is done in it.
    func finish() throws {
        try opened.write(in: statements)
    }

    /// Records an authentic callback once, however often it is delivered.
    mutating func record(_ callback: ReceivedCallback) throws -> RecordResult {
        var callback = callback
        if let time = callback.reverifiedAt {
            callback.reverifiedAt = inOrder(time)
        } else {
            callback.receivedAt = inOrder(callback.receivedAt)
        }
        let account = try accounts.row(of: callback.account)
        let forwards = targets.forwards(of: account)
        let lookup = try lookup(of: callback, at: account)
        if lookup != .new, let known = try CallbackRows.redeliver(callback, to: account, in: statements) {
            if !forwards.isEmpty { try wakeForwards(of: known.callback, at: callback.receivedAt) }
            return known
        }
        let id = knownNumber ?? nextCallback
        nextCallback = id.addingSaturated(1)
        let context = context(.callback, id, at: callback.reverifiedAt ?? callback.receivedAt, of: account)
        let outcome =
            switch callback.content {
            case .report(let report):
                try record(report, about: lookup, by: .callback, confirmsMoney: callback.confirmsMoney, in: context)
            case .unproven(let report): try hold(report, in: context)
            case .undecodable(let detail, let mention): try keepUndecodable(detail, naming: mention, in: context)
            }
        if callback.verdict == .ambiguous, case .report = callback.content, let payment = outcome.payment {
            try AnomalyRows.record(
                Anomaly(kind: .ambiguousSignature, detail: "applied directly, as the account is configured"),
                on: .payment(payment),
                in: context
            )
        }
        try CallbackRows.insert(callback, outcome, keepsHeaders: !forwards.isEmpty, in: context)
        for target in forwards {
            try ForwardRows.insert(
                callback: id,
                of: outcome.payment,
                isFirst: lookup == .new,
                to: target,
                at: context.evidence.at,
                in: statements
            )
            hasDeliveries = true
        }
        provesRoom = true
        if let time = callback.reverifiedAt { try CallbackRows.markReverified(id, at: time, in: statements) }
        return RecordResult(callback: id, effect: outcome.effect, isDuplicate: false)
    }

    /// Looks up the payment of a callback, where that may tell that the callback is new, too.
    ///
    /// Only where a payment is named by itself alone: of eComCharge's, a child may be known that names it.
    private func lookup(of callback: ReceivedCallback, at account: AccountRow) throws -> PaymentRows.Lookup {
        guard !looksUpAll, !account.isFolded, case .report(let report) = callback.content, let payment = report.payment
        else { return .notYet }
        return try PaymentRows.number(of: payment.id, of: account, in: statements).map { .known($0) } ?? .new
    }

    func context(
        _ source: EvidenceID.Source,
        _ number: Int64,
        at time: Timestamp,
        of account: AccountRow
    ) -> RecordContext {
        RecordContext(
            account: account,
            evidence: EvidenceID(source: source, number: number, at: time),
            statements: statements,
            numbers: numbers,
            opened: opened
        )
    }

    /// Has the numbers of rows read again, because rows were added apart from this transaction.
    func forgetNumbers() { numbers.forget() }

    /// The last callback before the evidence that is being recorded.
    var lastCallback: Int64 { nextCallback - 1 }

    /// The position among all evidence of what is being recorded.
    func position() throws -> EvidencePosition {
        EvidencePosition(
            callback: lastCallback,
            poll: try PollRows.nextID(in: statements) - 1,
            instruction: try InstructionRows.nextID(in: statements) - 1
        )
    }

    /// Marks that an immediate poll is wanted, apart from what is saved here.
    mutating func wake() { hasPollRequests = true }

    /// Marks that there is something for a target, apart from new callbacks and transitions.
    mutating func wakeDeliveries() { hasDeliveries = true }

    /// The gateway sends again what no target has got yet: it is tried at once.
    private mutating func wakeForwards(of callback: Int64, at now: Timestamp) throws {
        try statements.execute(ForwardRows.waking, [now.milliseconds, callback])
        hasDeliveries = true
    }

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
            INSERT INTO heartbeat (id, at, ballast) VALUES (1, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                at = CASE WHEN excluded.at BETWEEN heartbeat.at - 60000 AND heartbeat.at THEN heartbeat.at + 1
                          ELSE excluded.at END,
                ballast = excluded.ballast
            RETURNING at
            """,
            [now.milliseconds, [UInt8](repeating: 0, count: weight)]
        )
        if weight > 0 { provesRoom = true }
        return Timestamp(stored: at) ?? now
    }

    /// Records what a gateway reports, whatever its origin: the common path of callbacks and answers.
    mutating func record(
        _ report: Report,
        about lookup: PaymentRows.Lookup = .notYet,
        by origin: ReportOrigin,
        confirmsMoney: Bool = false,
        in context: RecordContext
    ) throws -> RecordedEffect {
        var outcome = RecordedEffect(effect: .unrecognised)
        try TokenRows.save(report.tokens, in: context)
        if let subscription = report.subscription {
            let origin = origin.origin(of: .subscription(id: subscription.id))
            try record(subscription, from: origin, in: context, into: &outcome)
        }
        if let checkout = report.checkout {
            let origin = origin.origin(of: .checkout(token: checkout.token))
            try record(checkout, from: origin, in: context, into: &outcome)
        }
        if report.payment != nil || !report.operations.isEmpty {
            let origin = origin.origin(ofPaymentIn: report)
            let stored = try PaymentRows.find(for: report, lookup, in: context)
            try record(report, of: stored, from: origin, confirmsMoney: confirmsMoney, in: context, into: &outcome)
        }
        return outcome
    }

    private mutating func record(
        _ report: Report,
        of payment: StoredPayment?,
        from origin: Origin,
        confirmsMoney: Bool,
        in context: RecordContext,
        into outcome: inout RecordedEffect
    ) throws {
        guard var stored = payment else { return }
        let isFolded = context.account.isFolded
        let own = report.payment?.id == stored.payment.id || !isFolded ? report.payment : nil
        if isFolded, let token = own?.checkoutToken { try link(&stored.payment, to: token, of: context.account) }
        let consequences = stored.payment.record(
            own,
            operations: report.operations,
            from: origin,
            confirmingMoneyDespite: confirmsMoney ? try AnomalyRows.open(on: stored.id, in: statements) : nil,
            schedule: schedule,
            at: context.evidence.at
        )
        try save(&stored, consequences, in: context)
        try updateCheckout(of: stored.payment, in: context)
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
    private mutating func updateCheckout(of payment: Payment, in context: RecordContext) throws {
        guard context.account.isFolded, payment.state.wasPaid, let token = payment.checkoutToken else { return }
        var stored = try CheckoutRows.find(token, of: context.account, in: statements)
        guard stored.id != nil else { return }
        let consequences = stored.checkout.succeed(with: payment)
        guard consequences.effect == .applied else { return }
        _ = try save(&stored, consequences, in: context)
    }

    private mutating func hold(_ report: Report, in context: RecordContext) throws -> RecordedEffect {
        guard var stored = try PaymentRows.find(for: report, in: context) else {
            return RecordedEffect(effect: .unrecognised)
        }
        let consequences = stored.payment.hold(at: context.evidence.at)
        try save(&stored, consequences, in: context)
        return RecordedEffect(
            effect: .held,
            payment: stored.id,
            operationID: report.operations.last?.id,
            status: report.payment?.status?.word
        )
    }

    mutating func save(_ stored: inout StoredPayment, _ consequences: Consequences, in context: RecordContext) throws {
        let isNew = stored.id == nil
        if stored.hasNewPollRequest { wake() }
        let id = try PaymentRows.save(&stored, in: context)
        try persist(consequences, on: .payment(id), isNew: isNew, in: context)
    }

    /// Records what follows for an entity that has just been saved: its transitions, and the anomalies that are opened
    /// and resolved.
    func persist(_ consequences: Consequences, on row: EntityRow, isNew: Bool, in context: RecordContext) throws {
        try TransitionRows.append(consequences.transitions, on: row, in: context)
        for anomaly in consequences.anomalies {
            if anomaly.kind == .unresolved, !anomaly.isNotice, try PollRows.isAbandoned(row, in: statements) {
                try AnomalyRows.record(anomaly, on: row, in: context)
            } else {
                try AnomalyRows.open(anomaly, on: row, in: context)
            }
        }
        if !isNew { try AnomalyRows.resolve(consequences.resolved, on: row, in: context) }
    }

    /// Stores evidence that cannot be read. An entity that it names is created if it is not known, and polled at once.
    private mutating func keepUndecodable(
        _ detail: String,
        naming mention: Mention?,
        in context: RecordContext
    ) throws -> RecordedEffect {
        var outcome = RecordedEffect(effect: .undecodable)
        let anomaly = Anomaly(kind: .undecodable, detail: detail)
        guard let mention else {
            try AnomalyRows.open(anomaly, on: nil, in: context)
            return outcome
        }
        var stored = try PaymentRows.find(mention, in: context)
        var consequences = stored.payment.mention(operation: mention.operationID, at: context.evidence.at)
        consequences.anomalies = [anomaly]
        try save(&stored, consequences, in: context)
        outcome.payment = stored.id
        outcome.operationID = mention.operationID
        return outcome
    }
}
