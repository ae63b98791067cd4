import LosslessJSON
import Payments

/// A purchase at an eComCharge shop: a payment token, if the buyer pays on the gateway's page, and the attempts to pay.
struct ShopPurchase: Sendable {
    /// A payment token.
    struct Checkout: Sendable {
        let token: String
        let createdAt: Timestamp
        /// When it expires, if nobody pays.
        let expiresAt: Timestamp
        var hasExpired = false
        /// Whether it has led to a success; what happens to the payment later does not change that.
        var isPaid = false
    }

    let shopID: Int64
    let order: Order
    var checkout: Checkout?
    /// Each attempt is a payment of its own.
    var payments: [ShopPayment] = []
    /// The uid of the first payment. A merchant that creates a payment without a token gets it in the response.
    let firstUID: String
    /// The transactions that a callback was about.
    private var announced: Set<String> = []

    init(shopID: Int64, order: Order, at now: Timestamp, by chance: inout SeededGenerator) {
        self.shopID = shopID
        self.order = order
        firstUID = chance.uuid()
        if order.usesCheckout {
            checkout = Checkout(token: chance.hexadecimal(64), createdAt: now, expiresAt: now + order.validity)
        }
    }

    /// Whether the gateway has processed a transaction of the token (its `finished`).
    var isFinished: Bool { payments.contains { $0.state != .pending } }

    private var isCard: Bool { order.method == "credit_card" }
}

extension ShopPurchase: GatewayResource {
    mutating func happen(
        _ event: Event,
        _ portion: AmountShare,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Outcome {
        if event == .begin { try begin(at: now, by: &chance) }
        if event == .expire, checkout != nil, payments.last?.state != .pending { return try expireToken(at: now) }
        guard var payment = payments.last else { throw InvalidStep(reason: "no payment was attempted: begin first") }
        let wasPaid = payment.state == .succeeded
        let transaction = try act(event, portion, on: &payment, at: now, by: &chance)
        if event != .misreport {
            payments[payments.count - 1] = payment
            if payment.root.state == .succeeded { checkout?.isPaid = true }
        }
        // A merchant does not poll a paid payment, because its answer would list no refunds.
        let draft = draft(of: transaction, isAskedAbout: !wasPaid || transaction.parentUID != nil)
        guard event == .refund, transaction.state == .pending else { return Outcome(draft: draft) }
        let end = order.mayRefundsFail && chance.happens(0.15) ? Event.failRefund : .settle
        return Outcome(draft: draft, next: (chance.seconds(10...60), end))
    }

    private mutating func begin(at now: Timestamp, by chance: inout SeededGenerator) throws(InvalidStep) {
        if let last = payments.last {
            guard let checkout, !checkout.isPaid, last.state == .failed, payments.count < order.attempts else {
                throw InvalidStep(reason: "another attempt takes a token with attempts left, after a decline")
            }
        }
        guard checkout?.hasExpired != true else { throw InvalidStep(reason: "the token is expired") }
        let uid = payments.isEmpty ? firstUID : chance.uuid()
        let type = order.isHold ? "authorization" : "payment"
        var root = Transaction(type, uid, amount: order.total, at: now)
        if order.method == "erip" { root.expiredAt = now + order.validity }
        var payment = ShopPayment(root)
        payment.omitsAmounts = order.omitsAmounts
        payments.append(payment)
    }

    /// Makes an event happen to the last attempt, and returns the transaction that it is about.
    private func act(
        _ event: Event,
        _ portion: AmountShare,
        on payment: inout ShopPayment,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Transaction {
        switch event {
        case .begin: break
        case .challenge: try conclude(&payment, .challenge, event, at: now)
        case .decline, .declineForNow: try conclude(&payment, .decline, event, at: now)
        case .expire: try conclude(&payment, .expiry, event, at: now)
        case .succeed:
            guard !order.isHold else { throw InvalidStep(reason: "it is made in two steps: authorize, then capture") }
            if !isCard, payment.state == .failed || payment.state == .expired {
                payment.conclude(.success, at: now)  // A bill may still be paid.
            } else {
                try conclude(&payment, .success, event, at: now)
            }
        case .authorize:
            guard order.isHold else { throw InvalidStep(reason: "it is made in one step: make it with hold") }
            try conclude(&payment, .success, event, at: now)
        case .cancel where !isCard: try conclude(&payment, .withdrawal, event, at: now)
        case .cancel: return try payment.void(at: now, by: &chance)
        case .capture: return try payment.capture(portion, at: now, by: &chance)
        case .refund: return try payment.refund(portion, takesTime: !isCard, at: now, by: &chance)
        case .settle: return try payment.concludeRefund(.success, at: now)
        case .failRefund: return try payment.concludeRefund(.decline, at: now)
        case .chargeback: return try payment.chargeBack(at: now, by: &chance)
        case .correct: try payment.correct(at: now)
        case .regress, .misreport: try payment.regress(event, at: now)
        case .refuse: throw InvalidStep(reason: "eComCharge refuses a request without a transaction and a callback")
        case .reverse: throw InvalidStep(reason: "eComCharge has no reversals: use refund")
        case .renew, .failRenewal, .unsubscribe: throw InvalidStep(reason: "it is not a subscription")
        }
        return payment.root
    }

    /// Concludes the attempt in progress.
    private func conclude(
        _ payment: inout ShopPayment,
        _ result: Transaction.Result,
        _ event: Event,
        at now: Timestamp
    ) throws(InvalidStep) {
        guard payment.state == .pending else { throw payment.impossible(event.rawValue) }
        payment.conclude(result, at: now)
    }

    private mutating func expireToken(at now: Timestamp) throws(InvalidStep) -> Outcome {
        guard var checkout, !checkout.hasExpired, !checkout.isPaid else {
            throw InvalidStep(reason: "the token is used or expired")
        }
        checkout.hasExpired = true
        self.checkout = checkout
        let body = body(of: checkout)
        return Outcome(
            draft: CallbackDraft(
                body: body,
                subject: checkout.token,
                status: "error",
                schedule: .checkout,
                isReachable: true
            )
        )
    }

    private mutating func draft(of transaction: Transaction, isAskedAbout: Bool) -> CallbackDraft {
        let isKnown = !announced.insert(transaction.uid).inserted
        let isFoundByMerchant = transaction.parentUID == nil && (checkout == nil || order.attempts == 1)
        return CallbackDraft(
            body: ["transaction": body(of: transaction)],
            subject: transaction.uid,
            status: transaction.status,
            schedule: .transaction,
            isReachable: isAskedAbout && (isKnown || isFoundByMerchant)
        )
    }
}
