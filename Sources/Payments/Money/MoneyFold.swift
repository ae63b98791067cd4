/// What the operations of a payment moved, as far as they are believed (docs/money.md): a pure fold, in which the order
/// of arrival plays no part.
///
/// A successful child without an amount moves all that is left: a capture or a void what is held, a refund or a
/// chargeback the balance. An operation in another currency than the payment's moves nothing, and neither does one that
/// the gateway's answer does not list: an anomaly reports each.
struct MoneyFold {
    private(set) var entries: [Entry] = []
    /// What the entries add up to, and what is held and neither taken nor released.
    private(set) var totals = Totals()
    /// Why the amounts cannot all be right, each reason in words; the words stay the same as long as nothing new is
    /// known.
    private(set) var contradictions: [String] = []
    /// The successful operations in another currency than their payment's.
    private(set) var foreign: [Operation] = []

    private let payment: PaymentStanding
    private let currency: String?
    /// The successful operations of a kind that moves money, in the payment's currency.
    private var moving: [Movement] = []
    /// The voids that have not been counted yet.
    private var voids: [Movement] = []
    /// The amount undone of each operation that moved something.
    private var undone: [String: Int64] = [:]
    /// Whether a void without a parent undoes a payment that was taken in one step (ecommpay names no parents).
    private var isTakenInOneStep = false
    /// The amount that was held at first.
    private var authorized: Int64 = 0
    /// Whether the taken amount is known, so that giving back more than that is a contradiction.
    private var knowsTaken = false

    init(_ payment: Payment) {
        self.payment = PaymentStanding(payment)
        currency = payment.tracked.amounts.currency
        let positions = payment.operations.count > 8 ? payment.operations.positions : nil
        for index in payment.operations.indices {
            guard let movement = Movement(payment.operations[index], in: payment, at: positions) else { continue }
            guard isInCurrency(payment.operations[index]) else {
                foreign.append(payment.operations[index])
                continue
            }
            moving.append(movement)
            if let amount = movement.amount, amount < 0 {
                contradictions.append("operation \(movement.id) names a negative amount: it moves nothing")
            }
        }
        guard payment.purpose.isOfTheMerchant, !isTakenAtItsWordThatNothingMoved else { return }
        voids = of(.void).knownAmountsFirst
        payOut()
        if payment.purpose == .payout {
            undo()
            returnPayout()
        } else {
            apply()
            giveBack()
            compareCapturesWithHold()
        }
    }

    private func isInCurrency(_ operation: Operation) -> Bool {
        guard let currency, let own = operation.tracked.amounts.currency else { return true }
        return own == currency
    }

    private func of(_ kind: OperationKind) -> [Movement] { moving.filter { $0.kind == kind } }

    /// Whether a gateway that states the payment's status says that it ended unpaid, or that no money has come yet.
    private var isTakenAtItsWordThatNothingMoved: Bool {
        !payment.isFolded && (payment.state.isUnpaidEnd || payment.isUnconfirmed)
    }

    private var isStatedAsPaid: Bool {
        !payment.isFolded && (payment.state == .succeeded || payment.state.isMoneyBack)
    }

    // MARK: Taking

    private mutating func apply() {
        let isTwoStep = payment.state == .authorized || payment.hasCapture
        var oneStep: [Movement] = []
        var holds: [Movement] = []
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
        let captures = of(.capture).knownAmountsFirst
        for operation in oneStep {
            let isOnly = oneStep.count == 1 && captures.isEmpty
            append(.capture, operation, operation.known(else: isOnly && isStatedAsPaid ? payment.stated : 0))
        }
        let authorized = holds.reduce(into: Int64(0)) { sum, hold in
            sum = sum.addingSaturated(hold.known(else: payment.isFolded ? 0 : payment.stated))
        }
        capture(captures, holding: authorized)
        isTakenInOneStep = !payment.isFolded && !oneStep.isEmpty && holds.isEmpty && captures.isEmpty
        let isNothingTaken = oneStep.isEmpty && captures.isEmpty
        if isNothingTaken, isStatedAsPaid, !holds.isEmpty, moving.contains(where: { $0.kind == .refund }) {
            return reverseHold()
        }
        if !isTakenInOneStep { releaseHold(of: authorized) }
        undo { $0.amount != nil }
        self.authorized = authorized
        if !payment.isFolded, payment.state.isFinal { totals.held = 0 }
        knowsTaken = !isNothingTaken || payment.rootState?.isFinal == true
        // A payment that states only its end was taken in the amount it states.
        if isNothingTaken, isStatedAsPaid, payment.purpose == .purchase { append(.capture, nil, payment.stated) }
    }

    private mutating func capture(_ captures: [Movement], holding authorized: Int64) {
        var taken: Int64 = 0
        for operation in captures {
            guard let amount = operation.known else { continue }
            append(.capture, operation, amount)
            taken = taken.addingSaturated(amount)
        }
        if let whole = captures.first(where: { $0.amount == nil }) {
            let rest = max(0, authorized.subtractingSaturated(taken))
            append(.capture, whole, rest)
            taken = taken.addingSaturated(rest)
        }
        totals.held = max(0, authorized.subtractingSaturated(taken))
    }

    private mutating func compareCapturesWithHold() {
        let captures = Set(of(.capture).map(\.id))
        guard !captures.isEmpty else { return }
        let taken = entries.reduce(into: Int64(0)) { sum, entry in
            guard let id = entry.operationID, captures.contains(id) else { return }
            sum = sum.addingSaturated(entry.amount.subtractingSaturated(undone[id, default: 0]))
        }
        if taken > authorized, authorized > 0 || payment.rootState?.isUnpaidEnd == true {
            contradictions.append("\(taken) was captured, \(authorized) was held (minor units)")
        }
    }

    /// Applies the voids of a hold all together, so that their order of arrival plays no part. They leave what was
    /// captured.
    private mutating func releaseHold(of authorized: Int64) {
        let held = totals.held
        let ofHold = voids.filter(\.isOfHold)
        voids.removeAll(where: \.isOfHold)
        guard authorized > 0, !ofHold.isEmpty else { return }
        let named = ofHold.reduce(into: Int64(0)) { $0 = $0.addingSaturated($1.known(else: 0)) }
        let released = ofHold.contains { $0.amount == nil } ? max(named, held) : named
        totals.held = max(0, held.subtractingSaturated(released))
        // A void of a hold that was captured in part may name the whole hold.
        if held == 0 {
            contradictions.append("a hold was released of which all was captured")
        } else if released > held, released != authorized {
            contradictions.append("\(released) was released, \(held) was held (minor units)")
        }
    }

    /// Releases a hold that was never captured, because it cannot be refunded.
    private mutating func reverseHold() {
        for operation in of(.refund) + voids {
            totals.held = max(0, totals.held.subtractingSaturated(operation.known(else: totals.held)))
        }
        voids = []
        moving.removeAll { $0.kind == .refund }
        if payment.state != .partiallyRefunded { totals.held = 0 }
    }

    // MARK: Giving back

    private mutating func giveBack() {
        let refunds = of(.refund).knownAmountsFirst
        let chargebacks = of(.chargeback).knownAmountsFirst
        for operation in refunds { append(.refund, operation, (operation.known ?? 0).negatedSaturated) }
        reverse(of(.refundReversal).knownAmountsFirst)
        for operation in chargebacks { append(.chargeback, operation, (operation.known ?? 0).negatedSaturated) }
        undo()
        // A refund or chargeback without an amount takes what the others left.
        if let whole = refunds.first(where: { $0.amount == nil }) { append(.refund, whole, balance.negatedSaturated) }
        if let whole = chargebacks.first(where: { $0.amount == nil }) {
            append(.chargeback, whole, balance.negatedSaturated)
        }
        undo()
        if !payment.isFolded, payment.state == .refunded, refunds.isEmpty {
            append(.refund, nil, balance.negatedSaturated)
        }
        let given = totals.refunded.addingSaturated(totals.chargedBack)
        if knowsTaken, given > totals.captured {
            contradictions.append("\(given) was given back, \(totals.captured) was taken (minor units)")
        }
    }

    /// Reverses refunds. No more is undone than was refunded: the refund itself may not be known yet.
    private mutating func reverse(_ reversals: [Movement]) {
        for operation in reversals {
            let refunded = max(0, totals.refunded)
            append(.refundReversal, operation, min(refunded, operation.known(else: refunded)))
        }
    }

    private var balance: Int64 { max(0, totals.balance) }

    // MARK: Undoing

    /// Applies voids. A void undoes its parent: what was taken, a refund, a payout.
    private mutating func undo(where isDue: (Movement) -> Bool = { _ in true }) {
        guard !voids.isEmpty else { return }
        var booked: [String: Entry] = [:]
        for entry in entries {
            guard let id = entry.operationID, booked[id] == nil else { continue }
            booked[id] = entry
        }
        var waiting: [Movement] = []
        for void in voids {
            let parent = void.parentID.flatMap { booked[$0] }
            guard isDue(void), parent != nil || isTakenInOneStep && void.parentID == nil else {
                waiting.append(void)
                continue
            }
            let count = entries.count
            undo(parent, by: void)
            if entries.count > count { booked[void.id] = entries.last }
        }
        voids = waiting
    }

    private mutating func undo(_ parent: Entry?, by void: Movement) {
        let moved = parent?.amount ?? totals.captured
        var left = moved.magnitudeSaturated.subtractingSaturated(undone[parent?.operationID ?? "", default: 0])
        // A void without an amount undoes what refunds have left.
        if moved > 0, void.amount == nil { left = min(left, balance) }
        let amount = min(void.known(else: left), left)
        if let named = void.known, named > left {
            contradictions.append("\(named) was voided by \(void.id), \(left) was there to be voided (minor units)")
        }
        let kind: Entry.Kind = parent?.kind == .refund ? .refundReversal : parent?.kind ?? .capture
        append(kind, void, moved > 0 ? amount.negatedSaturated : amount)
        if let id = parent?.operationID { undone[id, default: 0] = undone[id, default: 0].addingSaturated(amount) }
    }

    // MARK: Paying out

    private mutating func payOut() {
        let payouts = of(.payout)
        for operation in payouts {
            let whole = payouts.count == 1 && isStatedAsPaid ? payment.stated : 0
            append(.payout, operation, operation.known(else: whole).negatedSaturated)
        }
        if payouts.isEmpty, payment.purpose == .payout, isStatedAsPaid, payment.state != .refunded {
            append(.payout, nil, payment.stated.negatedSaturated)
        }
    }

    /// Returns to the merchant what was refunded or reversed of a payout.
    private mutating func returnPayout() {
        let refunds = of(.refund).knownAmountsFirst
        for operation in refunds {
            append(.payout, operation, min(totals.paidOut, operation.known(else: totals.paidOut)))
        }
        if !payment.isFolded, payment.state == .refunded, refunds.isEmpty { append(.payout, nil, totals.paidOut) }
    }

    /// Books a movement as far as the totals can hold it: the entries always add up to the totals.
    private mutating func append(_ kind: Entry.Kind, _ operation: Movement?, _ amount: Int64) {
        let booked = totals.room(for: amount, of: kind)
        guard booked != 0 else { return }
        let entry = Entry(kind, by: operation?.id, booked, currency)
        entries.append(entry)
        totals.add(entry)
    }
}

extension MoneyFold {
    /// A successful operation of a kind that moves money.
    fileprivate struct Movement {
        let id: String
        let kind: OperationKind
        let amount: Int64?
        let parentID: String?
        /// Of a void: whether it releases a hold, rather than undoing a capture, a refund or another movement.
        let isOfHold: Bool

        /// - Parameter positions: the index of each operation by its id, if the payment has many.
        init?(_ operation: Operation, in payment: Payment, at positions: [String: Int]?) {
            guard operation.state == .succeeded, operation.kind.movesMoney, !operation.isDenied else { return nil }
            id = operation.id
            kind = operation.kind
            amount = operation.amount
            parentID = operation.parentID
            isOfHold = kind == .void && Self.releasesHold(parentID, in: payment, at: positions)
        }

        private static func releasesHold(_ id: String?, in payment: Payment, at positions: [String: Int]?) -> Bool {
            guard let id else { return true }
            let index = positions.map { $0[id] } ?? payment.operations.firstIndex { $0.id == id }
            return switch index.map({ payment.operations[$0].kind }) {
            case .authorization, .recurring, .unknown, .other, .manualChange, nil: true
            case .payment, .capture, .void, .refund, .refundReversal, .chargeback, .payout: false
            }
        }

        /// Its amount if it names a valid one; `nil` if it names none or a negative one.
        var known: Int64? { amount.flatMap { $0 < 0 ? nil : $0 } }

        /// Its amount; all that is left if it names none, and zero if it names a negative one.
        func known(else whole: Int64) -> Int64 { known ?? (amount == nil ? whole : 0) }
    }

    /// The payment's own status.
    private struct PaymentStanding {
        let isFolded: Bool
        let state: State
        let purpose: Purpose
        let isUnconfirmed: Bool
        /// The amount that it states itself, if that is a valid one.
        let stated: Int64
        let hasCapture: Bool
        /// The state of the transaction that the payment is named after (eComCharge).
        let rootState: State?

        init(_ payment: Payment) {
            isFolded = payment.isFolded
            state = payment.state
            purpose = payment.purpose
            isUnconfirmed = payment.tracked.status.nuance == .unconfirmed
            stated = max(0, payment.tracked.amounts.amount ?? 0)
            hasCapture = payment.operations.contains { $0.kind == .capture }
            rootState = payment.isFolded ? payment.root?.state : nil
        }
    }
}

extension [MoneyFold.Movement] {
    /// The movements that name an amount, then those that take what is left; sorted by id, because each takes what is
    /// left and the order of arrival must not matter.
    fileprivate var knownAmountsFirst: [MoneyFold.Movement] {
        guard count > 1 else { return self }
        let ordered = sorted { $0.id < $1.id }
        return ordered.filter { $0.amount != nil } + ordered.filter { $0.amount == nil }
    }
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
