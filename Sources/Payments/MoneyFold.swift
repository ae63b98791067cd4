/// What the operations of a payment moved, as far as they are believed (design 3.7): a pure fold, in which the order in which we
/// heard of them plays no part.
///
/// A successful child that names no amount moves all that is left: a capture what is held, a void what is held, a refund or a
/// chargeback the balance. What is in another currency than the payment's moves nothing, and is told by an anomaly.
struct MoneyFold {
    private(set) var entries: [Entry] = []
    /// What the entries add up to, and what is held and not taken or released.
    private(set) var totals = Totals()
    /// Why the amounts cannot all be right, in words; the same words as long as nothing else is known.
    private(set) var inconsistency: String?
    /// A successful operation in another currency than its payment's.
    private(set) var foreign: Operation?

    private let payment: Payment
    private let currency: String?
    /// Whether it is known what was taken, so that more given back than taken is a contradiction.
    private var knowsTaken = false

    init(_ payment: Payment) {
        self.payment = payment
        currency = payment.line.amounts.currency
        let succeeded = payment.operations.filter { $0.state == .succeeded }
        foreign = succeeded.first { !isInCurrency($0) && $0.kind.movesMoney }
        let moving = succeeded.filter { isInCurrency($0) && $0.kind.movesMoney }
        if let negative = moving.first(where: { $0.amount ?? 0 < 0 }) {
            inconsistency = "operation \(negative.id) names a negative amount: it moves nothing"
        }
        switch payment.purpose {
        case .verification, .transfer: break
        case .payout: payOut(moving)
        case .purchase, .unknown:
            payOut(moving)
            guard !isTakenAtItsWordThatNothingMoved else { break }
            take(moving)
            giveBack(moving)
        }
    }

    private func isInCurrency(_ operation: Operation) -> Bool {
        guard let currency, let own = operation.line.amounts.currency else { return true }
        return own == currency
    }

    /// A gateway that states the payment's end says that it came to nothing, or that no money has come yet.
    private var isTakenAtItsWordThatNothingMoved: Bool {
        !payment.isFolded && (payment.state.isUnpaidEnd || payment.line.status.nuance == .unconfirmed)
    }

    /// What the payment states of itself, where that is an amount.
    private var stated: Int64 { max(0, payment.line.amounts.amount ?? 0) }

    private var isStatedAsPaid: Bool {
        !payment.isFolded && (payment.state == .succeeded || payment.state.isMoneyBack)
    }

    // MARK: Taking

    private mutating func take(_ moving: [Operation]) {
        let isTwoStep = payment.state == .authorized || payment.operations.contains { $0.kind == .capture }
        var oneStep: [Operation] = []
        var holds: [Operation] = []
        for operation in moving {
            switch operation.kind {
            case .payment: oneStep.append(operation)
            case .recurring where isTwoStep: holds.append(operation)
            case .recurring where isStatedAsPaid || payment.isFolded: oneStep.append(operation)
            case .authorization: holds.append(operation)
            case .recurring, .capture, .void, .refund, .refundReversal, .chargeback, .payout, .manualChange, .other,
                .unknown:
                break
            }
        }
        let captures = moving.filter { $0.kind == .capture }
        for operation in oneStep {
            let isOnly = oneStep.count == 1 && captures.isEmpty
            append(.capture, operation, operation.known(else: isOnly && isStatedAsPaid ? stated : 0))
        }
        let authorized = holds.reduce(into: Int64(0)) { sum, hold in
            sum = sum.addingSaturated(hold.known(else: payment.isFolded ? 0 : stated))
        }
        capture(captures, holding: authorized)
        release(moving.filter { $0.kind == .void })
        if !payment.isFolded, payment.state.isFinal { totals.held = 0 }
        knowsTaken = !oneStep.isEmpty || !captures.isEmpty || payment.isRootAnswered
        // One that says only that it ended says what it took by what it states.
        if oneStep.isEmpty, captures.isEmpty, isStatedAsPaid, payment.purpose == .purchase {
            append(.capture, nil, stated)
        }
    }

    private mutating func capture(_ captures: [Operation], holding authorized: Int64) {
        var taken: Int64 = 0
        for operation in captures {
            guard let amount = operation.known else { continue }
            append(.capture, operation, amount)
            taken = taken.addingSaturated(amount)
        }
        if authorized > 0, taken > authorized {
            inconsistency = inconsistency ?? "\(taken) was captured, \(authorized) was held (minor units)"
        }
        if let whole = captures.first(where: { $0.amount == nil }) {
            let rest = max(0, authorized.subtractingSaturated(taken))
            append(.capture, whole, rest)
            taken = taken.addingSaturated(rest)
        }
        totals.held = max(0, authorized.subtractingSaturated(taken))
    }

    /// A void releases what is held; where nothing is, or where it is the child of what took the money, it takes that back.
    private mutating func release(_ voids: [Operation]) {
        guard !voids.isEmpty else { return }
        let captures = Set(payment.operations.filter { $0.kind == .capture }.map(\.id))
        for operation in voids.knownAmountsFirst {
            if totals.held > 0, !captures.contains(operation.parentID ?? "") {
                totals.held = max(0, totals.held.subtractingSaturated(operation.known(else: totals.held)))
            } else {
                let taken = max(0, totals.captured)
                append(.capture, operation, min(operation.known(else: taken), taken).negatedSaturated)
            }
        }
    }

    // MARK: Giving back

    private mutating func giveBack(_ moving: [Operation]) {
        let refunds = moving.filter { $0.kind == .refund }
        let reversals = moving.filter { $0.kind == .refundReversal }
        let chargebacks = moving.filter { $0.kind == .chargeback }
        for operation in refunds { append(.refund, operation, (operation.known ?? 0).negatedSaturated) }
        reverse(reversals)
        for operation in chargebacks { append(.chargeback, operation, (operation.known ?? 0).negatedSaturated) }
        // What names no amount takes what the others left.
        if let whole = refunds.first(where: { $0.amount == nil }) { append(.refund, whole, balance.negatedSaturated) }
        if let whole = chargebacks.first(where: { $0.amount == nil }) {
            append(.chargeback, whole, balance.negatedSaturated)
        }
        if !payment.isFolded, payment.state == .refunded, refunds.isEmpty {
            append(.refund, nil, balance.negatedSaturated)
        }
        let given = totals.refunded.addingSaturated(totals.chargedBack)
        if knowsTaken, given > totals.captured {
            inconsistency = inconsistency ?? "\(given) was given back, \(totals.captured) was taken (minor units)"
        }
    }

    /// No more is undone than was refunded: the refund itself may not be known yet.
    private mutating func reverse(_ reversals: [Operation]) {
        for operation in reversals.knownAmountsFirst {
            let refunded = max(0, totals.refunded)
            append(.refundReversal, operation, min(refunded, operation.known(else: refunded)))
        }
    }

    private var balance: Int64 { max(0, totals.balance) }

    // MARK: Paying out

    private mutating func payOut(_ moving: [Operation]) {
        let payouts = moving.filter { $0.kind == .payout }
        for operation in payouts {
            let whole = payouts.count == 1 && isStatedAsPaid ? stated : 0
            append(.payout, operation, operation.known(else: whole).negatedSaturated)
        }
        if payouts.isEmpty, payment.purpose == .payout, isStatedAsPaid { append(.payout, nil, stated.negatedSaturated) }
    }

    private mutating func append(_ kind: Entry.Kind, _ operation: Operation?, _ amount: Int64) {
        guard amount != 0 else { return }
        let entry = Entry(kind, by: operation?.id, amount, currency)
        entries.append(entry)
        totals.add(entry)
    }
}

extension Operation {
    /// Its amount, where that is one: none, and a negative one, is not.
    fileprivate var known: Int64? { amount.flatMap { $0 < 0 ? nil : $0 } }

    /// Its amount; all that is left where it names none. A negative one is none of either.
    fileprivate func known(else whole: Int64) -> Int64 { known ?? (amount == nil ? whole : 0) }
}

extension [Operation] {
    /// Those that name an amount, then those that take what these leave.
    fileprivate var knownAmountsFirst: [Operation] { filter { $0.amount != nil } + filter { $0.amount == nil } }
}

extension OperationKind {
    /// Whether a success of this kind may have moved money of the payment.
    var movesMoney: Bool {
        switch self {
        case .payment, .authorization, .recurring, .capture, .void, .refund, .refundReversal, .chargeback, .payout: true
        case .manualChange, .other, .unknown: false
        }
    }
}

extension Payment {
    /// Whether the gateway has said how the transaction that the payment is named after ended (eComCharge).
    fileprivate var isRootAnswered: Bool {
        isFolded && operations.contains { $0.id == id && $0.state.isFinal }
    }
}
