import Payments

extension EcommpayPayment: Matter {
    mutating func happen(
        _ event: Event,
        _ portion: Portion,
        at now: Moment,
        by chance: inout Chance
    ) throws(Impossible) -> Outcome {
        switch event {
        case .begin:
            guard operations.isEmpty || mayTryAgain else { throw impossible(event) }
            let type = order.isHold ? "auth" : "sale"
            operations.append(Self.operation(type, order.total, .pending, at: now, by: &chance))
            (status, state, date, mayTryAgain) = ("processing", .pending, now, false)
        case .challenge: conclude(try underWay(event), .challenge, at: now)
        case .succeed: conclude(try payable(event), .success, at: now)
        case .authorize:
            guard order.isHold else { throw Impossible(reason: "the payment is made in one step: make it with hold") }
            conclude(try underWay(event), .hold, at: now)
        case .decline: conclude(try underWay(event), .decline, at: now)
        case .declineForNow:
            conclude(try underWay(event), .declineForNow, at: now)
            mayTryAgain = true
        case .expire: conclude(try underWay(event), .expiry, at: now)
        case .refuse: return refuse()
        case .capture:
            try require(.authorized, for: event)
            guard try portion.amount(of: order.total) == order.total else {
                throw Impossible(reason: "the sandbox's ecommpay captures all that is held: leave amount_minor out")
            }
            add("capture", order.total, payment: "success", .succeeded, at: now, by: &chance)
        case .cancel:
            try require(.authorized, for: event)
            add("cancel", order.total, payment: "canceled", .cancelled, at: now, by: &chance)
        case .refund: try giveBack(portion, "refund", "refunded", event, at: now, by: &chance)
        case .reverse: try giveBack(portion, "reversal", "reversed", event, at: now, by: &chance)
        case .correct: try correct(at: now, by: &chance)
        case .regress:
            try require(.succeeded, for: event)
            conclude(operations.count - 1, .decline, at: now)
        case .misreport:
            try require(.succeeded, for: event)
            var other = self
            other.conclude(operations.count - 1, .decline, at: now)
            return Outcome(notice: other.notice)
        case .chargeback:
            throw Impossible(reason: "ecommpay tells of chargebacks through another channel, without a signature")
        case .settle, .renew, .failRenewal, .unsubscribe: throw impossible(event)
        }
        return Outcome(notice: notice)
    }

    private func impossible(_ event: Event) -> Impossible {
        Impossible(reason: "a payment in status «\(operations.isEmpty ? "none yet" : status)» cannot \(event.rawValue)")
    }

    private func require(_ state: State, for event: Event) throws(Impossible) {
        guard self.state == state else { throw impossible(event) }
    }

    private func underWay(_ event: Event) throws(Impossible) -> Int {
        guard let current else { throw impossible(event) }
        return current
    }

    /// The operation that a success is of: the one under way, or the last one of a payment that was said to have failed.
    private func payable(_ event: Event) throws(Impossible) -> Int {
        guard !order.isHold else { throw Impossible(reason: "it is made in two steps: authorize, then capture") }
        if let current { return current }
        let isLate = (state == .failed || state == .expired) && operations.last?.type == "sale"
        guard isLate else { throw impossible(.succeed) }
        return operations.count - 1
    }

    private mutating func giveBack(
        _ portion: Portion,
        _ type: String,
        _ word: String,
        _ event: Event,
        at now: Moment,
        by chance: inout Chance
    ) throws(Impossible) {
        guard state == .succeeded || state == .partiallyRefunded else { throw impossible(event) }
        let amount = try portion.amount(of: order.total - refunded)
        refunded += amount
        let isAll = refunded == order.total
        add(
            type,
            amount,
            payment: isAll ? word : "partially \(word)",
            isAll ? .refunded : .partiallyRefunded,
            at: now,
            by: &chance
        )
    }

    /// The staff may move any payment; here they turn a success into a decline, and an end without payment into a success.
    private mutating func correct(at now: Moment, by chance: inout Chance) throws(Impossible) {
        switch state {
        case .succeeded: add("manual change", order.total, payment: "decline", .failed, at: now, by: &chance)
        case .failed, .expired:
            guard !operations.isEmpty else { throw impossible(.correct) }
            add("manual change", order.total, payment: "success", .succeeded, at: now, by: &chance)
        case .pending, .authorized, .cancelled, .partiallyRefunded, .refunded, .chargedBack, .unknown:
            throw impossible(.correct)
        }
    }

    /// A request is refused. It says nothing of the payment, unless nothing else was ever said of it.
    private mutating func refuse() -> Outcome {
        if operations.isEmpty { (status, state) = ("error", .failed) }
        // Asking finds no payment of which only requests were refused.
        let isReachable = !operations.isEmpty
        return Outcome(
            notice: Notice(body: refusal, subject: order.reference, status: "error", isReachable: isReachable)
        )
    }

    private var notice: Notice {
        Notice(body: callback(about: operations.count - 1), subject: order.reference, status: status)
    }
}

extension Notice {
    fileprivate init(body: JSON, subject: String, status: String, isReachable: Bool = true) {
        self.init(body: body, subject: subject, status: status, schedule: .ecommpay, isReachable: isReachable)
    }
}
