/// Applies one report to a payment: first the operations, then the payment's own tracked status, then what to poll.
struct PaymentUpdate {
    private(set) var payment: Payment
    private(set) var consequences = Consequences(effect: .unrecognised)
    private let before: Payment
    private let origin: Origin
    private let schedule: PollSchedule
    private let now: Timestamp
    /// Whether anything was applied or confirmed, so that the schedule restarts.
    private var hasNews = false
    private var pollsAtOnce = false
    private var isCorrectedByHand = false
    /// Whether the report contains a refund, a reversal or a capture that is in progress.
    private var hasOperationUnderWay = false
    private var hasResolvedHeld = false
    /// Whether the report about the payment itself was believed: about its tracked status, or about the operations that
    /// it is folded from.
    private var isBelieved = false
    /// The index of each operation by its id, while a report contains many.
    private var positions: [String: Int]?

    init(payment: Payment, origin: Origin, schedule: PollSchedule, now: Timestamp) {
        self.payment = payment
        before = payment
        self.origin = origin
        self.schedule = schedule
        self.now = now
        consequences.transitions.reserveCapacity(4)
    }

    // MARK: Operations

    mutating func apply(_ reports: [OperationReport]) {
        positions = reports.count > 8 ? payment.operations.positions : nil
        for report in reports { apply(report) }
    }

    private func position(of id: String) -> Int? {
        guard let positions else { return payment.operations.firstIndex { $0.id == id } }
        return positions[id]
    }

    /// Marks operations that moved money but are missing from an answer that lists all operations: they no longer count
    /// until an answer lists them.
    mutating func missOperations(of list: [OperationReport]) {
        guard origin == .answer(overtaken: false) else { return }
        let listed = Set(list.lazy.map(\.id))
        for index in payment.operations.indices {
            let operation = payment.operations[index]
            guard operation.state == .succeeded, operation.kind.movesMoney, operation.contest != .dismissed,
                !listed.contains(operation.id)
            else { continue }
            payment.operations[index].contest = .unlisted
            consequences.open(
                .conflict,
                "a callback said that operation \(operation.id) succeeded, the gateway's answer does not list it: it counts in no sum"
            )
        }
    }

    private mutating func apply(_ report: OperationReport) {
        if !report.status.state.isFinal, report.kind.actsOnPaid { hasOperationUnderWay = true }
        let index = position(of: report.id)
        let known = index.map { payment.operations[$0] }
        var operation = known ?? Operation(id: report.id, kind: report.kind)
        if report.kind == .manualChange, known?.tracked.status != report.status { isCorrectedByHand = true }
        let isContradicted = operation.contradicts(report)
        var judgement = operation.apply(report, from: origin)
        if judgement.resolvesHeld { operation.contest = .none }
        if isContradicted, judgement.effect.isNews, origin == .callback {
            operation.contest = .contradicted
            judgement.pollsAtOnce = true
            consequences.open(
                .conflict,
                "operation \(report.id) is said to be of another type, amount or currency than before; the gateway is asked"
            )
        }
        openAnomaly(judgement, over: known?.tracked.status, says: report.status)
        if payment.isFolded {
            consequences.effect = judgement.effect
            consequences.row = judgement.row
            isBelieved = judgement.effect.isNews
        }
        schedulePolls(of: &operation, after: judgement)
        if known?.tracked.status != operation.tracked.status || known?.tracked.amounts != operation.tracked.amounts {
            consequences.transitions.append(
                Transition(
                    of: .operation(id: report.id),
                    from: known?.tracked.status,
                    to: operation.tracked,
                    kind: operation.kind
                )
            )
        }
        if let index {
            payment.operations[index] = operation
        } else {
            positions?[report.id] = payment.operations.count
            payment.operations.append(operation)
        }
    }

    /// Schedules polls: an eComCharge child is polled by its own uid, everything else through its payment.
    private mutating func schedulePolls(of operation: inout Operation, after judgement: Judgement) {
        guard payment.isFolded, operation.id != payment.id else {
            pollsAtOnce = pollsAtOnce || judgement.pollsAtOnce
            return
        }
        if restarts(after: judgement) {
            operation.pollState.restart(PollReasons(in: operation), by: schedule, named: operation.id, at: now)
        }
        if judgement.pollsAtOnce { operation.pollState.requestPoll(at: now) }
    }

    // MARK: The payment

    /// Applies what the gateway states about the payment itself.
    mutating func apply(_ report: PaymentReport) {
        guard !payment.isFolded, let status = report.status else {
            if isBelieved { fill(from: report) }
            return
        }
        // The first status is accepted whatever the totals are.
        let totals = payment.tracked.status.word == nil ? nil : MoneyFold(payment).totals
        let currency = report.currency ?? payment.operations.lazy.compactMap(\.tracked.amounts.currency).first
        let (sum, isExplained) = amountToPay(report.amount, in: currency, having: totals ?? Totals())
        let known = payment.tracked.status
        let judgement = payment.tracked.apply(
            Evidence(
                status: status,
                amounts: Amounts(amount: sum, currency: currency, totals: totals),
                gatewayTime: report.gatewayTime,
                origin: origin,
                isManualCorrection: isCorrectedByHand,
                isRequestError: report.isRequestError,
                isOfOperation: hasOperationUnderWay
            )
        )
        openAnomaly(judgement, over: known, says: status)
        pollsAtOnce = pollsAtOnce || judgement.pollsAtOnce
        consequences.effect = judgement.effect
        consequences.row = judgement.row
        isBelieved = judgement.effect.isNews
        if judgement.effect == .late { payment.credentials = report.credentials.updated(by: payment.credentials) }
        guard judgement.effect.isNews else { return }
        let isOfOperation = judgement.row == 6
        fill(from: report, leaving: isOfOperation)
        if !isExplained, payment.questionedAmount != report.amount {
            payment.questionedAmount = report.amount
            if origin == .callback { pollsAtOnce = true }
        }
    }

    /// The amount that the buyer was asked for, given the amount that the gateway states. That may be the balance left
    /// by refunds and partial captures (its own plugins read it so, but no document says so), or remain the original
    /// amount.
    ///
    /// - Returns: the amount, and whether it agrees with the known operations.
    private func amountToPay(
        _ sum: Int64?,
        in currency: String?,
        having totals: Totals
    ) -> (amount: Int64?, isExplained: Bool) {
        guard let sum else { return (nil, true) }
        let largest = payment.largestTaken(in: currency)
        guard let known = payment.tracked.amounts.amount else { return (max(sum, largest ?? sum), true) }
        let amount = max(known, largest ?? known)
        if [amount, totals.captured, totals.balance].contains(sum) { return (amount, true) }
        let hasMoved = totals.captured != 0 || payment.operations.contains { $0.state == .succeeded }
        return hasMoved ? (max(amount, sum), false) : (sum, true)
    }

    /// Derives the state of a payment whose gateway states only transactions.
    mutating func fold() {
        payment.refold()
        let root = payment.root
        let hasSucceededChild = payment.operations.contains { $0.id != payment.id && $0.state == .succeeded }
        // A child may come first: what its payment says about itself later wins.
        payment.isTest = payment.isTest ?? payment.operations.lazy.compactMap(\.isTest).first
        let isRootWanted = root == nil || (hasSucceededChild && root?.state != .succeeded)
        if isRootWanted, origin == .callback { pollsAtOnce = true }
    }

    /// Takes over the remaining fields; a missing field never clears a known one.
    ///
    /// - Parameter leaving: whether code and message belong to an operation in progress, and not to the payment.
    private mutating func fill(from report: PaymentReport, leaving isOfOperation: Bool = false) {
        payment.reference = report.reference ?? payment.reference
        applyPurpose(from: report)
        payment.method = report.method ?? payment.method
        payment.initialAmount = report.initialAmount ?? payment.initialAmount
        payment.surcharge = report.surcharge ?? payment.surcharge
        payment.isTest = report.isTest ?? payment.isTest
        if !isOfOperation {
            payment.code = report.code ?? payment.code
            payment.message = report.message ?? payment.message
        }
        payment.card.brand = report.card?.brand ?? payment.card.brand
        payment.card.last4 = report.card?.last4 ?? payment.card.last4
        payment.card.expiry = report.card?.expiry ?? payment.card.expiry
        payment.credentials = payment.credentials.updated(by: report.credentials)
        payment.paidAt = report.paidAt ?? payment.paidAt
        payment.settledAt = report.settledAt ?? payment.settledAt
        payment.expiresAt = report.expiresAt ?? payment.expiresAt
    }

    /// Updates the purpose, which a payment does not change by itself: an unknown word overrides nothing, and if a
    /// callback names a different known purpose, the gateway's answer decides.
    private mutating func applyPurpose(from report: PaymentReport) {
        guard let purpose = report.purpose else {
            payment.purpose = payment.inferredPurpose
            return
        }
        if payment.type == nil || payment.purpose == .unknown || purpose == payment.purpose
            || purpose != .unknown && origin != .callback
        {
            payment.type = report.type ?? payment.type
            payment.purpose = purpose
        } else if origin == .callback {
            pollsAtOnce = true
            guard purpose != .unknown else { return }
            if let root = payment.operations.firstIndex(where: { payment.isFolded && $0.id == payment.id }) {
                payment.operations[root].contest = .contradicted
            } else {
                payment.tracked.isHeld = true
            }
            consequences.open(
                .conflict,
                "a callback says that this is a \(purpose.rawValue), it was a \(payment.purpose.rawValue); the gateway is asked"
            )
        }
    }

    // MARK: What follows

    /// Collects the changes of the payment itself, schedules the next poll, and decides which anomalies are opened and
    /// resolved.
    mutating func conclude() {
        payment.raiseAmount()
        let fold = payment.recount()
        consequences.transitions += payment.transitions(since: before, booking: fold.entries)
        if hasNews { payment.restartPolling(by: schedule, at: now) }
        if hasNews, origin == .callback, payment.lacksOperations { pollsAtOnce = true }
        var conditions = payment.reportContradictions(fold, in: &consequences)
        if origin == .callback, hasNewContradiction(fold) { pollsAtOnce = true }
        if pollsAtOnce { payment.pollState.requestPoll(at: now) }
        if isBelieved, !payment.hasUnknownWord { conditions.insert(.wordsAreKnown) }
        if before.isGivenUp, !payment.isGivenUp { conditions.insert(.hasNewEvidence) }
        if hasResolvedHeld, !payment.operations.contains(where: \.isContested) { conditions.insert(.contestIsDecided) }
        if hasResolvedHeld, !payment.isHeld { conditions.insert(.heldIsDecided) }
        consequences.resolve(conditions)
    }

    /// Whether its amounts contradict each other in a way that they did not before: a callback in between may have been
    /// lost.
    private func hasNewContradiction(_ fold: MoneyFold) -> Bool {
        !fold.contradictions.isEmpty && fold.contradictions != MoneyFold(before).contradictions
    }

    private mutating func openAnomaly(_ judgement: Judgement, over before: Status?, says status: Status) {
        if restarts(after: judgement) { hasNews = true }
        if judgement.resolvesHeld { hasResolvedHeld = true }
        guard let kind = judgement.anomaly else { return }
        let said = "«\(status.word ?? "")»"
        let known = before?.word.map { "«\($0)»" } ?? "nothing"
        switch kind {
        case .unknownStatus:
            consequences.open(kind, "the gateway says \(said), a word that we do not know")
        case .regression:
            consequences.open(kind, "a callback says \(said) over \(known): it is held, and the gateway is asked")
        case .lateSuccess:
            consequences.open(kind, "\(said) came over \(known)")
        case .manualCorrection:
            consequences.open(kind, "a person at the gateway corrected \(known) to \(said)")
        case .unknownType, .amountMismatch, .currencyMismatch, .inconsistentSums, .conflict, .undecodable,
            .foreignAnswer, .unresolved, .ambiguousSignature, .undelivered:
            break
        }
    }

    /// Whether the schedule restarts. A believed callback restarts it; a poll answer only if it brought something new,
    /// because the poller counts its polls.
    private func restarts(after judgement: Judgement) -> Bool {
        switch origin {
        case .callback: judgement.effect.isNews
        case .answer: judgement.effect == .applied
        }
    }
}

extension Payment {
    /// Whether the gateway used an unknown word for the payment or one of its operations.
    fileprivate var hasUnknownWord: Bool {
        tracked.status.isUnknownWord || operations.contains { $0.tracked.status.isUnknownWord }
    }

    /// The purpose inferred from the operations, for a payment without a type.
    fileprivate var inferredPurpose: Purpose {
        guard type == nil else { return purpose }
        if operations.contains(where: { $0.kind == .payout }) { return .payout }
        return operations.contains(where: \.kind.movesMoney) ? .purchase : .unknown
    }

    /// The largest amount in a currency that was taken or held at once.
    fileprivate func largestTaken(in currency: String?) -> Int64? {
        operations.lazy.filter { operation in
            operation.state == .succeeded && operation.kind.takesOrHolds
                && (operation.tracked.amounts.currency == nil || operation.tracked.amounts.currency == currency)
        }
        .compactMap(\.amount).max()
    }

    /// Raises a stated amount that came before what was taken: it may have been the balance, and a buyer was asked for
    /// no less than was paid.
    fileprivate mutating func raiseAmount() {
        guard !isFolded, let amount = tracked.amounts.amount, let taken = largestTaken(in: tracked.amounts.currency)
        else {
            return
        }
        tracked.amounts.amount = max(amount, taken)
    }

    /// Whether the known operations cannot explain the payment's state: a callback in between was lost.
    fileprivate var lacksOperations: Bool {
        let kinds = operations.lazy.filter { $0.state == .succeeded }.map(\.kind)
        let isRefundOfNothing = kinds.contains(.refund) && totals.captured == 0
        let isPaidNothing = state == .succeeded && purpose == .purchase && totals.captured == 0
        guard !isFolded else {
            return isPaidNothing || isRefundOfNothing && root?.state == .succeeded
        }
        if isPaidNothing { return true }
        let isHoldUnknown = !kinds.contains(.authorization) && !kinds.contains(.recurring)
        if isHoldUnknown, kinds.contains(.capture) || kinds.contains(.void) { return true }
        if isRefundOfNothing || kinds.contains(.refund) && !kinds.contains(where: \.takes) { return true }
        switch state {
        case .succeeded:
            return (purpose == .unknown && type == nil) || (kinds.contains(.authorization) && !kinds.contains(.capture))
        case .partiallyRefunded: return totals.refunded == 0 || totals.balance == 0
        case .refunded: return totals.balance > 0 || (totals.captured == 0 && tracked.amounts.amount != nil)
        case .failed, .expired, .cancelled: return kinds.contains(where: \.takes)
        case .pending, .authorized, .chargedBack, .unknown: return false
        }
    }
}

extension OperationKind {
    fileprivate var takes: Bool { self == .payment || self == .recurring || self == .capture }

    /// Whether the gateway's word for a payment may refer to this operation while it is in progress.
    fileprivate var actsOnPaid: Bool { self == .refund || self == .refundReversal || self == .capture }

    /// Whether its amount is one that a buyer was asked for.
    fileprivate var takesOrHolds: Bool { self == .authorization || self == .payment || self == .recurring }
}
