/// One report on its way into a payment: the operations first, then the payment's own line, then what is to be asked.
struct Course {
    private(set) var payment: Payment
    private(set) var consequences = Consequences(effect: .unrecognised)
    private let origin: Origin
    private let schedule: Schedule
    private let now: Moment
    /// Whether anything was applied or confirmed, so that the schedule starts again.
    private var hasNews = false
    private var asksAtOnce = false
    private var isCorrectedByHand = false
    private var hasSettled = false
    /// Whether what is said of the payment itself was believed: of its line, or of the operations that it is folded from.
    private var isBelieved = false
    private let wasGivenUp: Bool

    init(payment: Payment, origin: Origin, schedule: Schedule, now: Moment) {
        self.payment = payment
        self.origin = origin
        self.schedule = schedule
        self.now = now
        wasGivenUp = payment.isGivenUp
    }

    // MARK: Operations

    mutating func take(_ reports: [OperationReport]) {
        for report in reports { take(report) }
    }

    private mutating func take(_ report: OperationReport) {
        let index = payment.operations.firstIndex { $0.id == report.id }
        let known = index.map { payment.operations[$0] }
        var operation = known ?? Operation(id: report.id, kind: report.kind)
        if report.kind == .manualChange, known?.line.status != report.status { isCorrectedByHand = true }
        let isContradicted = operation.contradicts(report)
        let judgement = operation.take(report, from: origin)
        if isContradicted, judgement.effect != .late {
            consequences.open(
                .conflict,
                "operation \(report.id) is said to move another amount or currency than before"
            )
        }
        note(judgement, over: known?.line.status, says: report.status)
        if payment.isFolded {
            consequences.effect = judgement.effect
            consequences.row = judgement.row
            isBelieved = judgement.effect.isNews
        }
        ask(about: &operation, after: judgement)
        if known?.line.status != operation.line.status || known?.line.amounts != operation.line.amounts {
            consequences.transitions.append(
                Transition(of: .operation(id: report.id), from: known?.line.status, to: operation.line)
            )
        }
        if let index {
            payment.operations[index] = operation
        } else {
            payment.operations.append(operation)
        }
    }

    /// An eComCharge child is asked about by its own uid; everything else through its payment.
    private mutating func ask(about operation: inout Operation, after judgement: Judgement) {
        guard payment.isFolded, operation.id != payment.id else {
            asksAtOnce = asksAtOnce || judgement.asksAtOnce
            return
        }
        if restarts(after: judgement) {
            operation.asking.restart(Interest(in: operation), by: schedule, named: operation.id, at: now)
        }
        if judgement.asksAtOnce { operation.asking.wish(at: now) }
    }

    // MARK: The payment

    /// Takes in what the gateway states of the payment itself.
    mutating func take(_ report: PaymentReport) {
        guard !payment.isFolded, let status = report.status else {
            if hasNews { fill(from: report) }
            return
        }
        let totals = Totals(of: payment.operations)
        let before = payment.line.status
        let judgement = payment.line.take(
            Evidence(
                status: status,
                amounts: Amounts(amount: report.amount, currency: report.currency, refunded: totals.refunded),
                gatewayTime: report.gatewayTime,
                origin: origin,
                isManualCorrection: isCorrectedByHand,
                isRequestError: report.isRequestError
            )
        )
        note(judgement, over: before, says: status)
        asksAtOnce = asksAtOnce || judgement.asksAtOnce
        consequences.effect = judgement.effect
        consequences.row = judgement.row
        isBelieved = judgement.effect.isNews
        if judgement.effect.isNews { fill(from: report) }
        // A late callback may bring an operation that was not known: the sum is that of the operations, whatever was applied.
        payment.line.amounts.refunded = totals.refunded
        payment.captured = totals.captured > 0 ? totals.captured : payment.statedCapture
    }

    /// Derives the state of a payment whose gateway states only transactions.
    mutating func fold() {
        let totals = Totals(of: payment.operations)
        let root = payment.operations.first { $0.id == payment.id }
        payment.line.status = Status(word: root?.line.status.word, state: totals.state(root: root))
        payment.line.amounts = Amounts(
            amount: root?.amount,
            currency: root?.line.amounts.currency ?? payment.operations.first?.line.amounts.currency,
            refunded: totals.refunded
        )
        payment.line.gatewayTime = payment.operations.compactMap(\.line.gatewayTime).max()
        payment.captured = totals.captured
        let hasSucceededChild = payment.operations.contains { $0.id != payment.id && $0.state == .succeeded }
        let isRootWanted = root == nil || (hasSucceededChild && root?.state != .succeeded)
        if isRootWanted, origin == .callback { asksAtOnce = true }
    }

    /// Takes over what else is said; what is not said empties nothing.
    private mutating func fill(from report: PaymentReport) {
        if let reference = report.reference { payment.takeReference(reference) }
        payment.checkoutToken = report.checkoutToken ?? payment.checkoutToken
        payment.type = report.type ?? payment.type
        payment.method = report.method ?? payment.method
        payment.initialAmount = report.initialAmount ?? payment.initialAmount
        payment.surcharge = report.surcharge ?? payment.surcharge
        payment.isTest = report.isTest ?? payment.isTest
        payment.code = report.code ?? payment.code
        payment.message = report.message ?? payment.message
    }

    // MARK: What follows

    /// Decides when the gateway is asked next, and which anomalies are settled.
    mutating func conclude() {
        if hasNews { payment.asking.restart(Interest(in: payment), by: schedule, named: payment.id, at: now) }
        if isBelieved, !payment.lines.contains(where: \.status.isUnknownWord) {
            consequences.settled[.unknownStatus] = "the gateway now uses words that we know"
        }
        if hasNews, origin == .callback, payment.lacksOperations { asksAtOnce = true }
        if asksAtOnce { payment.asking.wish(at: now) }
        payment.compareWithExpectation(&consequences)
        if wasGivenUp, !payment.isGivenUp { consequences.settled[.unresolved] = "the gateway has spoken again" }
        if hasSettled {
            consequences.settled[.conflict] = "the gateway was asked, and its answer stands"
        }
        if hasSettled, !payment.isHeld {
            consequences.settled[.regression] = "the gateway was asked, and its answer stands"
            consequences.settled[.ambiguousSignature] = "the gateway was asked, and its answer stands"
        }
        // What this very report opens, it does not settle.
        for anomaly in consequences.anomalies { consequences.settled[anomaly.kind] = nil }
    }

    private mutating func note(_ judgement: Judgement, over before: Status?, says status: Status) {
        if restarts(after: judgement) { hasNews = true }
        if judgement.settlesHeld { hasSettled = true }
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
        case .amountMismatch, .currencyMismatch, .conflict, .undecodable, .foreignAnswer, .unresolved,
            .ambiguousSignature:
            break
        }
    }

    /// A callback that was believed starts the schedule again; an answer does only when it brought something new, for the
    /// one who asked counts the questions.
    private func restarts(after judgement: Judgement) -> Bool {
        switch origin {
        case .callback: judgement.effect.isNews
        case .answer: judgement.effect == .applied
        }
    }
}

extension Payment {
    /// The payment's line and those of its operations.
    fileprivate var lines: [Line] { [line] + operations.map(\.line) }

    /// Whether a stated payment cannot have come to stand so by the operations that we know: a callback in between was lost.
    fileprivate var lacksOperations: Bool {
        guard !isFolded else { return false }
        let kinds = Set(operations.filter { $0.state == .succeeded }.map(\.kind))
        if !kinds.isDisjoint(with: [.capture, .void]), !kinds.contains(.authorization) { return true }
        if kinds.contains(.refund), kinds.isDisjoint(with: [.payment, .capture]) { return true }
        guard state == .refunded, let amount = line.amounts.amount else { return false }
        return line.amounts.refunded ?? 0 < amount
    }

    /// What a stated payment took where none of its operations says so: its amount, once it is paid.
    fileprivate var statedCapture: Int64 {
        guard state == .succeeded || state.isMoneyBack, !operations.contains(where: { $0.kind == .payout }) else {
            return 0
        }
        return line.amounts.amount ?? 0
    }
}
