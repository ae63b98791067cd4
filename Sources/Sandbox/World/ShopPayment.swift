import Payments

/// A payment at an eComCharge shop: its root transaction with the children, and the state that they result in.
struct ShopPayment: Sendable {
    var root: Transaction
    var children: [Transaction] = []
    /// The state that a ledger must end up with. It is set by events, not derived from the transactions.
    var state = State.pending
    /// Taken from the buyer, in minor units.
    var captured: Int64 = 0
    var refunded: Int64 = 0
    /// Whether a child that moves everything states no amount.
    var omitsAmounts = false

    init(_ root: Transaction) {
        self.root = root
    }

    /// Concludes the root, and the payment with it.
    mutating func conclude(_ result: Transaction.Result, at now: Timestamp) {
        root.conclude(result, at: now)
        let isHold = root.type == "authorization" && result.state == .succeeded
        state = isHold ? .authorized : result.state
        captured = state == .succeeded ? root.amount : 0
    }

    mutating func capture(
        _ portion: AmountShare,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Transaction {
        try require([.authorized], "be captured")
        captured = try portion.amount(of: root.amount)
        state = .succeeded
        return add("capture", captured, of: root.amount, at: now, by: &chance)
    }

    mutating func void(at now: Timestamp, by chance: inout SeededGenerator) throws(InvalidStep) -> Transaction {
        try require([.authorized], "be voided")
        state = .cancelled
        return add("void", root.amount, of: root.amount, at: now, by: &chance)
    }

    /// - Parameter takesTime: whether the refund is pending at first, as with all methods but cards.
    mutating func refund(
        _ portion: AmountShare,
        takesTime: Bool,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Transaction {
        try require([.succeeded, .partiallyRefunded], "be refunded")
        guard pendingRefund == nil else {
            throw InvalidStep(reason: "another refund of it is pending: settle it first")
        }
        let left = captured - refunded
        let amount = try portion.amount(of: left)
        if takesTime {
            var refund = Transaction("refund", chance.uuid(), of: root.uid, amount: amount, at: now)
            refund.omitsAmount = omitsAmounts && amount == left
            children.append(refund)
            return refund
        }
        countRefund(of: amount)
        return add("refund", amount, of: left, at: now, by: &chance)
    }

    /// Concludes a pending refund.
    mutating func concludeRefund(_ result: Transaction.Result, at now: Timestamp) throws(InvalidStep) -> Transaction {
        guard let index = pendingRefund else { throw InvalidStep(reason: "no refund of it is pending") }
        children[index].conclude(result, at: now)
        if result.state == .succeeded { countRefund(of: children[index].amount) }
        return children[index]
    }

    mutating func chargeBack(at now: Timestamp, by chance: inout SeededGenerator) throws(InvalidStep) -> Transaction {
        try require([.succeeded, .partiallyRefunded], "be charged back")
        guard pendingRefund == nil else { throw InvalidStep(reason: "a refund of it is pending: settle it first") }
        state = .chargedBack
        return add("chargeback", captured - refunded, of: captured - refunded, at: now, by: &chance)
    }

    /// Corrects the payment by hand: a success of the root becomes a failure, or the other way round, and the
    /// transaction states the correction from then on.
    mutating func correct(at now: Timestamp) throws(InvalidStep) {
        guard children.isEmpty else { throw InvalidStep(reason: "a payment with refunds or captures is not corrected") }
        switch state {
        case .succeeded, .authorized: conclude(.decline, at: now)
        case .failed, .expired: conclude(.success, at: now)
        case .pending, .cancelled, .partiallyRefunded, .refunded, .chargedBack, .unknown:
            throw impossible("be corrected")
        }
        root.correctedAt = now
    }

    /// Turns the root's success into a failure, without stating why.
    ///
    /// - Parameter event: the requested event that has this effect.
    mutating func regress(_ event: Event, at now: Timestamp) throws(InvalidStep) {
        guard state == .succeeded, children.isEmpty else { throw impossible(event.rawValue) }
        conclude(.decline, at: now)
    }

    func impossible(_ what: String) -> InvalidStep {
        InvalidStep(reason: "a payment that is \(state.rawValue) cannot \(what)")
    }

    private var pendingRefund: Int? { children.firstIndex { $0.type == "refund" && $0.state == .pending } }

    private func require(_ states: [State], _ what: String) throws(InvalidStep) {
        guard states.contains(state) else { throw impossible(what) }
    }

    /// Adds a child that is complete at once.
    ///
    /// - Parameter available: the amount that there was to be moved.
    private mutating func add(
        _ type: String,
        _ amount: Int64,
        of available: Int64,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) -> Transaction {
        var child = Transaction(type, chance.uuid(), of: root.uid, amount: amount, at: now)
        child.omitsAmount = omitsAmounts && amount == available
        child.conclude(.success, at: now)
        children.append(child)
        return child
    }

    private mutating func countRefund(of amount: Int64) {
        refunded += amount
        state = refunded == captured ? .refunded : .partiallyRefunded
    }
}
