/// A payment with its operations, as far as it is known, and how evidence changes it.
///
/// ecommpay states the payment's status: it is judged on the payment's own tracked status. eComCharge states only
/// transactions: each is judged on its own tracked status, and the payment is the fold of them
/// (docs/evidence-rules.md).
package struct Payment: Sendable, Equatable {
    package let id: String
    /// Whether the status is folded from the operations (eComCharge) rather than stated (ecommpay).
    package let isFolded: Bool
    package var tracked: TrackedStatus
    /// The merchant's own name for it, as the gateway gives it; the one that `watch` was given is in ``expectation``.
    package var reference: String?
    package var checkoutToken: String?
    package var type: String?
    package var purpose: Purpose
    package var method: String?
    package var initialAmount: Int64?
    package var surcharge: Int64?
    package var isTest: Bool?
    package var code: String?
    package var message: String?
    package var card: Card
    package var credentials: StoredCredentials
    package var paidAt: Timestamp?
    package var settledAt: Timestamp?
    /// When the time to pay ends, according to the gateway.
    package var expiresAt: Timestamp?
    /// A stated amount that nothing explained, and that the gateway has been polled about.
    package var questionedAmount: Int64?
    /// What the merchant expects, if the payment is watched.
    package var expectation: Expectation
    package var pollState: PollState
    package var operations: [Operation]
    /// Whether nothing about it has been recorded yet.
    package var isNew: Bool

    /// Creates a payment about which nothing is known yet.
    package init(id: String, isFolded: Bool) {
        self.id = id
        self.isFolded = isFolded
        tracked = TrackedStatus(amounts: Amounts(totals: Totals()))
        purpose = .unknown
        card = Card()
        credentials = StoredCredentials()
        expectation = Expectation()
        pollState = PollState()
        operations = []
        isNew = true
    }

    package var state: State { tracked.status.state }

    /// The transaction that the payment is named after (eComCharge); `nil` until it is known.
    var root: Operation? { operations.first { $0.id == id } }

    package var totals: Totals { tracked.amounts.totals ?? Totals() }

    /// What the payment has moved of the merchant's money. The entries that its transitions have booked add up to
    /// these.
    package var entries: [Entry] { MoneyFold(self).entries }

    /// Whether the payment makes an order paid while these alarms are open on it (docs/money.md).
    package func isPaid(despite alarms: Set<AnomalyKind> = []) -> Bool {
        purpose == .purchase && isTest != true && (state == .succeeded || state == .partiallyRefunded)
            && totals.balance > 0 && alarms.isDisjoint(with: AnomalyKind.ofMoney)
            && !(tracked.isHeld && alarms.contains(.regression))
    }

    /// Whether polling was given up for the payment or one of its operations.
    var isGivenUp: Bool { ([pollState] + operations.map(\.pollState)).contains { $0.phase == .unresolved } }

    /// Whether the payment or any of its operations is held until the gateway's answer.
    package var isHeld: Bool { tracked.isHeld || operations.contains { $0.tracked.isHeld } }

    /// Records a report about this payment and its operations.
    ///
    /// - Parameters:
    ///   - payment: the report about the payment itself; `nil` if a child operation came without its payment.
    ///   - alarms: the open alarms, if a callback that would make an order paid, or add to what was paid, is to be held
    ///     until the gateway has been polled.
    ///   - now: the time of recording, from which the next poll is scheduled.
    package mutating func record(
        _ payment: PaymentReport?,
        operations reports: [OperationReport],
        from origin: Origin,
        confirmingMoneyDespite alarms: Set<AnomalyKind>? = nil,
        schedule: PollSchedule,
        at now: Timestamp
    ) -> Consequences {
        guard hasRoom(for: reports.lazy.map(\.id)) else { return refuseOperations(from: origin, at: now) }
        var update = PaymentUpdate(payment: self, origin: origin, schedule: schedule, now: now)
        update.apply(reports)
        if let payment {
            if payment.listsOperations { update.missOperations(of: reports) }
            update.apply(payment)
        }
        if isFolded { update.fold() }
        update.conclude()
        if let alarms, origin == .callback,
            update.payment.isPaid(despite: alarms.subtracting(update.consequences.resolved.map(\.kind))),
            !isPaid(despite: alarms) || update.payment.totals.balance > totals.balance
        {
            return holdMoney(at: now)
        }
        self = update.payment
        return update.consequences
    }

    /// A payment has a handful of operations. Work that grows with each of them must stay bounded.
    package static let mostOperations = 1000
    package static let tooManyOperations =
        "operations: a payment with more than \(mostOperations) of them is not taken in"

    func hasRoom(for ids: some Collection<String>) -> Bool {
        guard operations.count + ids.count > Self.mostOperations else { return true }
        return Set(operations.map(\.id)).union(ids).count <= Self.mostOperations
    }

    private mutating func refuseOperations(from origin: Origin, at now: Timestamp) -> Consequences {
        var consequences = Consequences(effect: .undecodable, transitions: firstTransition)
        guard origin == .callback else { return consequences }
        consequences.open(.undecodable, Self.tooManyOperations)
        pollState.requestPoll(at: now)
        return consequences
    }

    /// Holds a callback whose signature does not prove its structure: nothing of it is applied, and a poll is
    /// requested.
    package mutating func hold(at now: Timestamp) -> Consequences {
        var consequences = holdMoney(at: now)
        consequences.open(
            .ambiguousSignature,
            "the signature is right, but does not prove the structure of the body; the gateway is asked"
        )
        return consequences
    }

    private mutating func holdMoney(at now: Timestamp) -> Consequences {
        let consequences = Consequences(effect: .held, transitions: firstTransition)
        tracked.isHeld = true
        pollState.requestPoll(at: now)
        return consequences
    }

    /// Recomputes the totals from the operations.
    mutating func recount() -> MoneyFold {
        let fold = MoneyFold(self)
        tracked.amounts.totals = fold.totals
        return fold
    }

    /// Derives the payment's status from its operations, for a gateway that states only these (eComCharge).
    mutating func refold() {
        let root = root
        tracked.amounts.amount = root?.amount
        tracked.amounts.currency =
            root?.tracked.amounts.currency ?? operations.lazy.compactMap(\.tracked.amounts.currency).first
        _ = recount()
        tracked.status = Status(
            word: root?.tracked.status.word,
            state: foldedState(of: root),
            nuance: root?.tracked.status.nuance
        )
        tracked.gatewayTime = operations.compactMap(\.tracked.gatewayTime).max()
        // If its root or a capture is held, so is the payment: answers about these resolve it.
        tracked.isHeld =
            root?.tracked.isHeld ?? tracked.isHeld || operations.contains { $0.kind == .capture && $0.tracked.isHeld }
    }

    /// The state that follows from its operations (docs/evidence-rules.md).
    ///
    /// - Parameter root: the transaction that the payment is named after; without it, all that is known is that the
    ///   payment exists.
    private func foldedState(of root: Operation?) -> State {
        guard let root else { return .unknown }
        guard root.state == .succeeded else { return root.state }
        let succeeded = operations.lazy.filter { $0.state == .succeeded }.map(\.kind)
        if operations.contains(where: { $0.kind == .chargeback && $0.state == .succeeded && !isVoided($0) }) {
            return .chargedBack
        }
        if succeeded.contains(.void), totals.held == 0, totals.captured == 0 { return .cancelled }
        if totals.refunded > 0 {
            // More is refunded than was captured if a capture was lost: then the held amount is all that is known.
            let taken = totals.captured > 0 ? totals.captured : root.amount
            return taken.map { totals.refunded >= $0 } ?? false ? .refunded : .partiallyRefunded
        }
        return root.kind == .authorization && totals.captured == 0 ? .authorized : .succeeded
    }

    private func isVoided(_ operation: Operation) -> Bool {
        operations.contains { void in
            void.kind == .void && void.state == .succeeded && void.parentID == operation.id
                && (void.amount ?? .max) >= (operation.amount ?? 0)
        }
    }

    /// The transition that records that the payment became known, its status unchanged; none if it was known before.
    var firstTransition: [Transition] { isNew ? [Transition(of: .payment, from: nil, to: tracked)] : [] }

    /// The changes of the payment itself: of its status and of each of its totals. Each entry is a transition of its
    /// own, so that bookkeeping can follow the change feed.
    ///
    /// - Parameter entries: the entries of the payment in its current state.
    func transitions(since before: Payment, booking entries: [Entry]) -> [Transition] {
        let moved = before.isNew ? entries : before.entries.changes(to: entries)
        var from = before.isNew ? nil : before.tracked.status
        guard !moved.isEmpty else {
            let isChange =
                before.isNew || tracked.status != before.tracked.status || tracked.amounts != before.tracked.amounts
            return isChange ? [Transition(of: .payment, from: from, to: tracked)] : []
        }
        var totals = before.totals
        totals.held = self.totals.held
        return moved.enumerated().map { index, entry in
            totals.add(entry)
            defer { from = tracked.status }
            // Intermediate totals may saturate; the last ones are those of the payment.
            let isLast = index == moved.count - 1
            return Transition(
                of: .payment,
                from: from,
                to: tracked,
                totals: isLast ? self.totals : totals,
                entry: entry
            )
        }
    }

    /// Reverses everything booked under this name, after it turned out to be an operation of another payment.
    package mutating func takeBackEntries() -> [Transition] {
        var totals = self.totals
        let transitions = entries.map { entry in
            totals.add(entry.reversed)
            return Transition(of: .payment, from: tracked.status, to: tracked, totals: totals, entry: entry.reversed)
        }
        tracked.amounts.totals = totals
        return transitions
    }
}
