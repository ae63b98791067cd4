import Ledger
import Payments
import TestSupport

extension LedgerBench {
    /// Three days of a shop with an account at each gateway, from 2024-06-01 on.
    ///
    /// It has sales, refunds, a chargeback, a payout, manual corrections, a test, money that is only held, orders paid
    /// twice in every possible way or rightly paid many times, and payments first learned of by polling.
    static func withShop(engine: TestEngine = .configured) async throws -> LedgerBench {
        let bench = try LedgerBench(engine: engine)
        try await bench.firstDay()
        try await bench.secondDay()
        try await bench.thirdDay()
        return bench
    }

    private func firstDay() async throws {
        try await ecommpay("ORDER-1", "success", .succeeded, day: 1)
        try await ecommpay("ORDER-2", "success", .succeeded, day: 1)
        try await ecommpay("ORDER-3", "success", .succeeded, amount: 90, currency: "JPY", day: 1)
        try await ecommpay("ORDER-4", "processing", .pending, day: 1)
        try await ecommpay("ORDER-5", "processing", .pending, day: 1)
        _ = try await watch(.payment(id: "ORDER-6"), Expectation(amount: 9900), at: Self.time(day: 1, 50))
        try await ecommpay("ORDER-6", "success", .succeeded, day: 1)
        try await ecommpay("ORDER-7", "processing", .pending, day: 1)
        try await ecomcharge("held-1", .authorization, reference: "order-12", day: 1)
        try await ecomcharge("test-1", .payment, reference: "order-11", isTest: true, day: 1)
        try await ecomcharge("card-1", .payment, .failed, reference: "order-9", day: 1)
        try await ecomcharge("card-5", .payment, reference: "order-13", day: 1)
        try await ecommpay("ORDER-8", "success", .succeeded, day: 1)
        try await ecommpay("ORDER-10", "awaiting capture", .authorized, .authorization, day: 1)
        try await ecommpay("ORDER-12", "success", .succeeded, .recurring, day: 1)
        try await subscribe("sbs-1", reference: "order-14", day: 1)
        try await ecomcharge("card-7", .payment, reference: "order-14", day: 1)
        try await ecomcharge("erip-1", .payment, .pending, "permanent", reference: "order-15", day: 1)
        try await ecomcharge("erip-2", .payment, reference: "order-15", day: 1)
        let checkout = Expectation(reference: "order-16")
        _ = try await watch(.checkout(token: "token-1"), checkout, account: "ecc", at: Self.time(day: 1))
    }

    private func secondDay() async throws {
        try await ecommpay("ORDER-1", "partially refunded", .partiallyRefunded, .refund, amount: 1000, day: 2)
        try await ecommpay("ORDER-2", "decline", .failed, .manualChange, day: 2)
        try await ecomcharge("card-2", .payment, reference: "order-9", day: 2)
        try await ecomcharge("card-3", .payment, reference: "order-10", day: 2)
        try await ecomcharge("card-4", .payment, reference: "order-10", day: 2)
        for order in ["ORDER-4", "ORDER-5"] {
            try await ask(order, Self.said(order, "success", .succeeded, day: 2), day: 2)
        }
        try await ecommpay("ORDER-8", "success", .succeeded, amount: 5300, day: 2)
        try await ecommpay("ORDER-10", "success", .succeeded, .capture, amount: 6000, day: 2)
        try await ecommpay("ORDER-11", "success", .succeeded, .payout, amount: 700, day: 2)
        try await ecommpay("ORDER-12", "success", .succeeded, .recurring, amount: 5300, day: 2)
        try await ecomcharge("card-8", .payment, reference: "order-14", day: 2)
        try await ecomcharge("erip-3", .payment, reference: "order-15", day: 2)
    }

    private func thirdDay() async throws {
        // The callback that polling anticipated: the same words, so other bytes but the same state.
        try await record(Self.said("ORDER-4", "success", .succeeded, day: 2), "at last", at: Self.time(day: 3) * 1000)
        try await ecommpay("ORDER-1", "partially refunded", .partiallyRefunded, .refund, amount: 500, day: 3)
        try await ecomcharge("card-5", .payment, .failed, reference: "order-13", isCorrected: true, day: 3)
        try await ecomcharge("back-1", .chargeback, parent: "card-2", day: 3)
        try await ecomcharge("card-6", .payment, reference: "ORDER-5", day: 3)
        try await ask("ORDER-7", .notFound, day: 3)
    }

    /// Seconds from the epoch to 10:00 of a day in June 2024.
    private static func time(day: Int64, _ seconds: Int64 = 100) -> Int64 {
        1_717_236_000 + (day - 1) * 86_400 + seconds
    }

    private func ecommpay(
        _ id: String,
        _ word: String,
        _ state: State,
        _ kind: OperationKind = .payment,
        amount: Int64 = 5200,
        currency: String = "EUR",
        day: Int64
    ) async throws {
        let content = Self.said(id, word, state, kind, amount: amount, currency: currency, day: day)
        try await record(content, at: Self.time(day: day) * 1000)
    }

    private static func said(
        _ id: String,
        _ word: String,
        _ state: State,
        _ kind: OperationKind = .payment,
        amount: Int64 = 5200,
        currency: String = "EUR",
        day: Int64
    ) -> ReceivedCallback.Content {
        var payment = PaymentReport(id: id)
        payment.status = Status(word: word, state: state)
        payment.reference = id
        payment.type = kind == .payout ? "payout" : kind == .recurring ? "recurring" : "purchase"
        payment.purpose = kind == .payout ? .payout : .purchase
        payment.amount = [.payment, .recurring, .payout].contains(kind) ? amount : 5200
        payment.currency = currency
        payment.gatewayTime = Timestamp(milliseconds: time(day: day) * 1000)
        let own = Status(word: word, state: state == .pending ? .pending : .succeeded)
        var operation = OperationReport(id: "\(id)-\(kind)-\(amount)", kind: kind, status: own)
        operation.amount = amount
        operation.currency = currency
        operation.gatewayTime = payment.gatewayTime
        return .report(Report(payment: payment, operations: [operation]))
    }

    private func ecomcharge(
        _ uid: String,
        _ kind: OperationKind,
        _ state: State = .succeeded,
        _ word: String? = nil,
        parent: String? = nil,
        reference: String? = nil,
        isTest: Bool = false,
        isCorrected: Bool = false,
        day: Int64
    ) async throws {
        let status = Status(word: word ?? "\(state)", state: state, nuance: word == "permanent" ? .resting : nil)
        var operation = OperationReport(id: uid, kind: kind, status: status)
        operation.parentID = parent
        operation.amount = 500
        operation.currency = "USD"
        operation.gatewayTime = Timestamp(milliseconds: Self.time(day: day) * 1000)
        operation.correctedAt = isCorrected ? operation.gatewayTime : nil
        var payment = parent == nil ? PaymentReport(id: uid) : nil
        payment?.reference = reference
        payment?.type = "\(kind)"
        payment?.purpose = .purchase
        payment?.isTest = isTest
        let report = Report(payment: payment, operations: [operation])
        try await record(.report(report), account: "ecc", at: Self.time(day: day) * 1000)
    }

    private func subscribe(_ id: String, reference: String, day: Int64) async throws {
        let status = Status(word: "active", state: .succeeded)
        var subscription = SubscriptionReport(id: id, status: status, standing: .active)
        subscription.reference = reference
        let report = Report(subscription: subscription)
        try await record(.report(report), account: "ecc", at: Self.time(day: day) * 1000)
    }

    /// Answers the poll of one payment, whatever else is due.
    private func ask(_ id: String, _ result: StatusResult, day: Int64) async throws {
        let now = Self.time(day: day)
        _ = try await instruct(.poll, .payment(id: id), at: now)
        var others: Set<DuePoll.ID> = []
        let time = Timestamp(milliseconds: now * 1000)
        while case .poll(let poll) = try await ledger.due(of: "ecp", besides: others, at: time) {
            guard poll.entity != .payment(id: id) else {
                try await answer(poll, result, at: now)
                return
            }
            others.insert(poll.id)
        }
        throw NothingDue()
    }

    private func ask(_ id: String, _ content: ReceivedCallback.Content, day: Int64) async throws {
        try await ask(id, content.answer, day: day)
    }

    struct NothingDue: Error {}
}
