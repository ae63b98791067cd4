import Payments

/// A subscription at an eComCharge shop, and the payments that it has made. The gateway's callbacks are about the
/// subscription; the payments are found by polling its `last_transaction`.
struct ShopSubscription: Sendable {
    let shopID: Int64
    let id: String
    let planID: String
    let order: Order
    let createdAt: Timestamp
    var word = "pending"
    /// `created.subscription` and so on; each body contains the latest.
    var event = "created.subscription"
    var payments: [ShopPayment] = []
    var paidCycles = 0
    var cancelledAt: Timestamp?

    init(shopID: Int64, order: Order, at now: Timestamp, by chance: inout SeededGenerator) {
        self.shopID = shopID
        self.order = order
        id = "sbs_\(chance.hexadecimal(16))"
        planID = "pln_\(chance.hexadecimal(16))"
        createdAt = now
    }
}

extension ShopSubscription: GatewayResource {
    mutating func happen(
        _ event: Event,
        _ portion: AmountShare,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Outcome {
        switch event {
        case .begin:
            try require("pending", event)
            pay(.success, "created.subscription", at: now, by: &chance)
        case .renew:
            try require("active", event)
            pay(.success, "renewed.subscription", at: now, by: &chance)
        case .failRenewal:
            try require("active", event)
            pay(.decline, "failed.subscription", at: now, by: &chance)
        case .unsubscribe:
            try require("active", event)
            (word, self.event, cancelledAt) = ("canceled", "canceled.subscription", now)
        case .challenge, .succeed, .authorize, .decline, .declineForNow, .refuse, .expire, .capture, .cancel, .refund,
            .settle, .failRefund, .reverse, .chargeback, .correct, .regress, .misreport:
            throw InvalidStep(reason: "a subscription takes renew, fail_renewal and unsubscribe")
        }
        return Outcome(
            draft: CallbackDraft(
                body: body,
                subject: id,
                status: word,
                schedule: .subscription,
                isReachable: false
            )
        )
    }

    private func require(_ word: String, _ event: Event) throws(InvalidStep) {
        guard self.word == word else {
            throw InvalidStep(reason: "a subscription that is \(self.word) cannot \(event.rawValue)")
        }
    }

    private mutating func pay(
        _ result: Transaction.Result,
        _ event: String,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) {
        var payment = ShopPayment(Transaction("payment", chance.uuid(), amount: order.total, at: now))
        payment.conclude(result, at: now)
        payments.append(payment)
        paidCycles += result.state == .succeeded ? 1 : 0
        self.event = event
        word = result.state == .succeeded ? "active" : "failed"
    }
}
