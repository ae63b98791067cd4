/// A payment with its operations, as far as we know it, and what evidence does to it.
///
/// ecommpay states the payment's status: it is judged on the payment's own line. eComCharge states only transactions: each is
/// judged on its line, and the payment is the fold of them (design 3.3).
package struct Payment: Sendable, Equatable {
    package let id: String
    /// Whether the status is folded from the operations (eComCharge) rather than stated (ecommpay).
    package let isFolded: Bool
    package var tracked: TrackedStatus
    /// The merchant's own name for it, as the gateway gives it; what `watch` was told is in ``expectation``.
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
    /// Until when it may still be paid, as the gateway says.
    package var expiresAt: Timestamp?
    /// A stated sum that nothing explained, and that the gateway has been asked about.
    package var questionedSum: Int64?
    /// What the merchant expects, where the payment is watched.
    package var expectation: Expectation
    package var pollState: PollState
    package var operations: [Operation]
    /// Whether anything was recorded of it before.
    package var isNew: Bool

    /// A payment of which nothing is known yet.
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

    /// The transaction that it is named after (eComCharge); `nil` until it is known.
    var root: Operation? { operations.first { $0.id == id } }

    package var totals: Totals { tracked.amounts.totals ?? Totals() }

    /// What it has moved of the merchant's money: its transitions have booked these, in sum.
    package var entries: [Entry] { MoneyFold(self).entries }

    /// Whether it makes an order paid, while these alarms are open on it (design 3.7).
    package func isPaid(despite alarms: Set<AnomalyKind> = []) -> Bool {
        purpose == .purchase && isTest != true && (state == .succeeded || state == .partiallyRefunded)
            && totals.balance > 0 && alarms.isDisjoint(with: AnomalyKind.ofMoney)
            && !(tracked.isHeld && alarms.contains(.regression))
    }

    /// Whether the asking about it, or about one of its operations, was given up.
    var isGivenUp: Bool { ([pollState] + operations.map(\.pollState)).contains { $0.phase == .unresolved } }

    /// Whether any line of the payment waits for the gateway's answer.
    package var isHeld: Bool { tracked.isHeld || operations.contains { $0.tracked.isHeld } }

    /// Records what a report says of this payment and its operations.
    ///
    /// - Parameters:
    ///   - payment: what is said of the payment itself; `nil` where a child operation came without its payment.
    ///   - alarms: those that are open, where a callback that would make an order paid, or add to what it paid, is held until the
    ///     gateway was asked.
    ///   - now: the time of recording, from which the next question is counted.
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

    /// A payment has a handful of operations. What costs time with each of them must not cost it without end.
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

    /// Keeps a callback whose signature does not prove its structure: nothing of it is applied, the gateway is asked.
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

    /// Makes the sums those of the operations.
    mutating func recount() -> MoneyFold {
        let fold = MoneyFold(self)
        tracked.amounts.totals = fold.totals
        return fold
    }

    /// Derives how the payment stands from its operations, where the gateway states only these (eComCharge).
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
        // What is held of its root, or of a capture, is held of the payment: it is settled by answers about these.
        tracked.isHeld =
            root?.tracked.isHeld ?? tracked.isHeld || operations.contains { $0.kind == .capture && $0.tracked.isHeld }
    }

    /// The state that its operations come to (design 3.3).
    ///
    /// - Parameter root: the transaction that the payment is named after; without it nothing is known but that it exists.
    private func foldedState(of root: Operation?) -> State {
        guard let root else { return .unknown }
        guard root.state == .succeeded else { return root.state }
        let succeeded = operations.lazy.filter { $0.state == .succeeded }.map(\.kind)
        if operations.contains(where: { $0.kind == .chargeback && $0.state == .succeeded && !isVoided($0) }) {
            return .chargedBack
        }
        if succeeded.contains(.void), totals.held == 0, totals.captured == 0 { return .cancelled }
        if totals.refunded > 0 {
            // More is refunded than was captured where a capture was lost: what was held is then all that is known.
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

    /// That it became known: the transition of what leaves its status as it is; none where it was known before.
    var firstTransition: [Transition] { isNew ? [Transition(of: .payment, from: nil, to: tracked)] : [] }

    /// The changes of the payment itself: of its status, and of each of its sums. Each entry is a transition of its own, so that
    /// the change feed can be booked from.
    ///
    /// - Parameter entries: those of the payment as it stands now.
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
            // On the way the sums may stop at their limits; where it ends they are those of the payment.
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

    /// Takes back all that was booked under this name: it turned out to be an operation of another payment.
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
