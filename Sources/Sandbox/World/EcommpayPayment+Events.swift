import LosslessJSON
import Payments

extension EcommpayPayment: GatewayResource {
    mutating func happen(
        _ event: Event,
        _ portion: AmountShare,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Outcome {
        switch event {
        case .begin:
            guard operations.isEmpty || mayTryAgain else { throw impossible(event) }
            let type = order.isHold ? "auth" : "sale"
            operations.append(Self.operation(type, order.total, .pending, at: now, by: &chance))
            (status, state, date, mayTryAgain) = ("processing", .pending, now, false)
        case .challenge:
            // A direct debit is submitted instead.
            conclude(try underWay(event), order.method == Order.directDebit ? .submission : .challenge, at: now)
        case .succeed: conclude(try payable(event), .success, at: now)
        case .authorize:
            guard order.isHold else { throw InvalidStep(reason: "the payment is made in one step: make it with hold") }
            conclude(try underWay(event), .hold, at: now)
        case .decline: conclude(try underWay(event), .decline, at: now)
        case .declineForNow:
            conclude(try underWay(event), .declineForNow, at: now)
            mayTryAgain = true
        case .expire: conclude(try underWay(event), .expiry, at: now)
        case .refuse: return refuse()
        case .capture:
            try require(.authorized, for: event)
            captured = try portion.amount(of: order.total)
            add("capture", captured, at: now, by: &chance)
            (status, state) = ("success", .succeeded)
        case .cancel:
            try require(.authorized, for: event)
            add("cancel", order.total, at: now, by: &chance)
            (status, state) = ("canceled", .cancelled)
        case .refund where order.refundsTakeTime: return try beginRefund(portion, at: now, by: &chance)
        case .refund: try giveBack(portion, "refund", "refunded", event, at: now, by: &chance)
        case .settle: concludeRefund(try refundUnderWay(event), .success, at: now)
        case .failRefund: concludeRefund(try refundUnderWay(event), .decline, at: now)
        case .reverse: try giveBack(portion, "reversal", "reversed", event, at: now, by: &chance)
        case .correct: try correct(at: now, by: &chance)
        case .regress:
            let success = try success(event)
            conclude(success, .decline, at: now)
            return Outcome(draft: draft(about: success))
        case .misreport:
            let success = try success(event)
            var other = self
            other.conclude(success, .decline, at: now)
            return Outcome(draft: other.draft(about: success))
        case .chargeback:
            throw InvalidStep(reason: "ecommpay reports chargebacks through another channel, without a signature")
        case .renew, .failRenewal, .unsubscribe: throw impossible(event)
        }
        return Outcome(draft: draft(about: operations.count - 1))
    }

    private func impossible(_ event: Event) -> InvalidStep {
        InvalidStep(
            reason: "a payment in status «\(operations.isEmpty ? "none yet" : status)» cannot \(event.rawValue)"
        )
    }

    private func require(_ state: State, for event: Event) throws(InvalidStep) {
        guard self.state == state else { throw impossible(event) }
    }

    private func underWay(_ event: Event) throws(InvalidStep) -> Int {
        guard let current else { throw impossible(event) }
        return current
    }

    /// The operation that a success concerns: the one in progress, or the last one of a payment that was reported as
    /// failed.
    private func payable(_ event: Event) throws(InvalidStep) -> Int {
        guard !order.isHold else { throw InvalidStep(reason: "it is made in two steps: authorize, then capture") }
        if let current { return current }
        let isLate = (state == .failed || state == .expired) && operations.last?.type == "sale"
        guard isLate else { throw impossible(.succeed) }
        return operations.count - 1
    }

    /// The operation that brought the payment's success, if nothing was given back since.
    private func success(_ event: Event) throws(InvalidStep) -> Int {
        try require(.succeeded, for: event)
        guard pendingRefund == nil, let index = operations.lastIndex(where: { !$0.givesBack }) else {
            throw impossible(event)
        }
        return index
    }

    private func refundUnderWay(_ event: Event) throws(InvalidStep) -> Int {
        guard let pendingRefund else { throw InvalidStep(reason: "no refund of it is in progress") }
        return pendingRefund
    }

    /// The amount to give back of a payment that succeeded.
    private func givenBack(_ portion: AmountShare, _ event: Event) throws(InvalidStep) -> Int64 {
        guard state == .succeeded || state == .partiallyRefunded else { throw impossible(event) }
        guard pendingRefund == nil else { throw InvalidStep(reason: "a refund of it is in progress: settle it first") }
        return try portion.amount(of: captured - refunded)
    }

    private mutating func giveBack(
        _ portion: AmountShare,
        _ type: String,
        _ word: String,
        _ event: Event,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) {
        let amount = try givenBack(portion, event)
        add(type, amount, at: now, by: &chance)
        countRefund(of: amount, word)
    }

    /// Begins a refund. While it is in progress, the payment is `processing`, although its money is there.
    private mutating func beginRefund(
        _ portion: AmountShare,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Outcome {
        add("refund", try givenBack(portion, .refund), .pending, at: now, by: &chance)
        status = "processing"
        let end = order.mayRefundsFail && chance.happens(0.15) ? Event.failRefund : .settle
        return Outcome(draft: draft(about: operations.count - 1), next: (chance.seconds(10...60), end))
    }

    /// Corrects the payment by hand. The staff may change any payment; here they turn a success into a decline, and an
    /// unpaid end into a success.
    private mutating func correct(at now: Timestamp, by chance: inout SeededGenerator) throws(InvalidStep) {
        switch state {
        case .succeeded:
            guard pendingRefund == nil else { throw impossible(.correct) }
            add("manual change", order.total, at: now, by: &chance)
            (status, state, captured) = ("decline", .failed, 0)
        case .failed, .expired:
            guard !operations.isEmpty else { throw impossible(.correct) }
            add("manual change", order.total, at: now, by: &chance)
            (status, state, captured) = ("success", .succeeded, order.total)
        case .pending, .authorized, .cancelled, .partiallyRefunded, .refunded, .chargedBack, .unknown:
            throw impossible(.correct)
        }
    }

    /// Refuses a request. That says nothing about the payment, unless nothing else was ever reported about it.
    private mutating func refuse() -> Outcome {
        if operations.isEmpty { (status, state) = ("error", .failed) }
        // A status request does not find a payment for which only requests were refused.
        let isReachable = !operations.isEmpty
        return Outcome(
            draft: CallbackDraft(body: refusal, subject: order.reference, status: "error", isReachable: isReachable)
        )
    }

    private func draft(about operation: Int) -> CallbackDraft {
        CallbackDraft(body: callback(about: operation), subject: order.reference, status: status)
    }
}

extension CallbackDraft {
    fileprivate init(body: JSON, subject: String, status: String, isReachable: Bool = true) {
        self.init(body: body, subject: subject, status: status, schedule: .ecommpay, isReachable: isReachable)
    }
}
