import Payments
import TestSupport
import Testing

/// Single rules of a payment's lifecycle that no history covers.
@Suite struct PaymentTests {
    @Test func `an ambiguous body is kept, and nothing of it is believed`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        let consequences = payment.hold(at: now)
        #expect(consequences.effect == .held && consequences.anomalies.map(\.kind) == [.ambiguousSignature])
        #expect(payment.state == .unknown && payment.tracked.status.word == nil)
        #expect(payment.pollState == PollState(phase: .scheduled, nextPollAt: now, requestedAt: now, since: now))
    }

    @Test func `an answer settles the ambiguity with a reason in words`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.hold(at: now)
        payment.isNew = false
        let consequences = payment.record(stated("success", .succeeded), from: .answer(overtaken: false))
        #expect(payment.state == .succeeded && !payment.isHeld)
        #expect(consequences.resolved[.ambiguousSignature]?.isEmpty == false)
    }

    @Test func `a step back is held with a regression, and only an answer settles it`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("success", .succeeded, at: 10), from: .callback)
        let back = payment.record(stated("decline", .failed, at: 20), from: .callback)
        #expect(back.effect == .held && back.row == 12 && back.anomalies.map(\.kind) == [.regression])
        let again = payment.record(stated("success", .succeeded, at: 30), from: .callback)
        #expect(again.resolved[.regression] == nil && payment.isHeld)
        let answer = payment.record(stated("success", .succeeded, at: 30), from: .answer(overtaken: false))
        #expect(answer.resolved[.regression] != nil && !payment.isHeld)
    }

    @Test func `nothing of what is held is taken over`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("processing", .pending, operation: "1", .payment, .pending), from: .callback)
        var error = PaymentReport(id: "EP-1")
        error.status = Status(word: "error", state: .failed)
        error.isRequestError = true
        error.code = "3041"
        let consequences = payment.record(Report(payment: error), from: .callback)
        #expect(consequences.effect == .held && payment.isHeld)
        #expect(payment.state == .pending && payment.code == nil)
    }

    @Test func `a child before its root makes a payment of which nothing is known, and the root is asked for`() {
        var payment = Payment(id: "root", isFolded: true)
        var refund = OperationReport(id: "r1", kind: .refund, status: Status(word: "successful", state: .succeeded))
        refund.parentID = "root"
        refund.amount = 500
        _ = payment.record(nil, operations: [refund], from: .callback, schedule: .everyMinute, at: now)
        #expect(payment.state == .unknown && payment.totals.refunded == 500)
        #expect(payment.pollState.requestedAt == now)
    }

    @Test func `an operation that moved another amount than before is a conflict, and the gateway's answer decides`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("success", .succeeded, amount: 100), from: .callback)
        let other = payment.record(stated("success", .succeeded, amount: 90), from: .callback)
        #expect(other.anomalies.map(\.kind) == [.conflict])
        #expect(payment.pollState.requestedAt != nil)
        let moved = other.transitions.compactMap(\.entry?.amount)
        #expect(moved == [-10], "a change of amount is a transition, and an entry")
        let answer = payment.record(stated("success", .succeeded, amount: 90), from: .answer(overtaken: false))
        #expect(answer.resolved[.conflict] != nil)
    }

    @Test func `two failures that differ are no conflict`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("decline", .failed, amount: 100), from: .callback)
        let other = payment.record(stated("decline", .failed, amount: 90), from: .callback)
        #expect(other.anomalies.isEmpty)
    }

    @Test func `what a payment or an operation is does not change by a callback alone`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("success", .succeeded), from: .callback)
        var other = stated("success", .succeeded)
        other.payment?.type = "payout"
        other.payment?.purpose = .payout
        (other.operations[0].type, other.operations[0].kind) = ("payout", .payout)
        let contradicted = payment.record(other, from: .callback)
        #expect(contradicted.anomalies.map(\.kind) == [.conflict] && payment.pollState.requestedAt != nil)
        #expect(payment.purpose == .purchase && payment.type == "purchase" && payment.totals.captured == 100)
        #expect(payment.operations.map(\.kind) == [.payment])

        var unknown = stated("success", .succeeded, at: 20)
        unknown.payment?.type = "novelty"
        unknown.payment?.purpose = .unknown
        _ = payment.record(unknown, from: .callback)
        #expect(payment.purpose == .purchase, "an unknown word unsays nothing")

        let answer = payment.record(other, from: .answer(overtaken: false))
        #expect(payment.purpose == .payout && payment.totals.paidOut == 100 && payment.totals.captured == 0)
        #expect(answer.resolved[.conflict] != nil)
    }

    @Test func `an answer that does not list what had succeeded is a conflict until one does`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("success", .succeeded), from: .callback)
        let refund = stated("partially refunded", .partiallyRefunded, at: 20, amount: 40, operation: "2", .refund)
        _ = payment.record(refund, from: .callback)
        var answer = stated("success", .succeeded)
        #expect(payment.record(answer, from: .answer(overtaken: false)).anomalies.isEmpty, "it need not be a list")
        answer.payment?.listsOperations = true
        let without = payment.record(answer, from: .answer(overtaken: false))
        #expect(without.anomalies.map(\.kind) == [.conflict] && without.resolved[.conflict] == nil)
        #expect(payment.pollState.phase == .scheduled, "the answer may have been late itself")
        #expect(payment.totals.refunded == 0 && without.transitions.compactMap(\.entry?.amount) == [40])
        var all = refund
        all.payment?.listsOperations = true
        all.operations += stated("success", .succeeded).operations
        #expect(payment.record(all, from: .answer(overtaken: false)).resolved[.conflict] != nil)
        #expect(payment.totals.refunded == 40)
    }

    @Test func `what does not fit is asked about at once, and once`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(
            stated("awaiting capture", .authorized, operation: "1", .authorization, .succeeded),
            from: .callback
        )
        let capture = stated("success", .succeeded, at: 20, amount: 130, operation: "2", .capture)
        #expect(payment.record(capture, from: .callback).anomalies.map(\.kind) == [.inconsistentSums])
        #expect(payment.pollState.requestedAt != nil)
        _ = payment.record(capture, from: .answer(overtaken: false))
        payment.pollState.requestedAt = nil
        _ = payment.record(capture, from: .callback)
        #expect(payment.pollState.requestedAt == nil, "nothing new does not fit")
    }

    @Test func `an answer says what a transaction is for, and whose, though its amount is known`() {
        var payment = Payment(id: "r", isFolded: true)
        var report = stated("", .succeeded, operation: "r")
        report.payment?.status = nil
        report.payment?.purpose = .payout
        (report.operations[0].type, report.operations[0].kind) = ("payout", .payout)
        _ = payment.record(report, from: .callback)
        (report.operations[0].type, report.operations[0].kind) = ("payment", .payment)
        report.payment?.purpose = .purchase
        report.payment?.reference = "ORDER"
        let contradicted = payment.record(report, from: .callback)
        #expect(contradicted.anomalies.map(\.kind) == [.conflict] && payment.totals.paidOut == 100)
        #expect(payment.record(report, from: .answer(overtaken: false)).resolved[.conflict] != nil)
        #expect(payment.isPaid() && payment.reference == "ORDER" && payment.totals.captured == 100)
    }

    @Test func `a payment of two purposes is asked about until it is answered`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("success", .succeeded), from: .callback)
        var other = stated("success", .succeeded)
        other.payment?.purpose = .payout
        _ = payment.record(other, from: .callback)
        let missing = PollResult(outcome: .notFound, requestedAt: payment.pollState.requestedAt)
        _ = payment.apply(missing, schedule: .everyMinute, at: now)
        #expect(payment.pollState.requestedAt != nil)
    }

    @Test func `alarms that tell how things stand name all that is wrong`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        payment.expect(Expectation(currency: "USD"))
        var report = stated("success", .succeeded)
        report.payment?.currency = "EUR"
        for (id, kind, currency) in [
            ("2", OperationKind.refund, "JPY"), ("3", .unknown, "EUR"), ("4", .unknown, "EUR"),
        ] {
            var operation = OperationReport(id: id, kind: kind, status: Status(word: "success", state: .succeeded))
            (operation.amount, operation.currency) = (-5, currency)
            report.operations.append(operation)
        }
        report.operations += stated("", .succeeded, amount: 130, operation: "5", .refund).operations
        report.operations += stated("", .succeeded, amount: -1, operation: "6", .refund).operations
        let details = Dictionary(
            uniqueKeysWithValues: payment.record(report, from: .callback).anomalies.map { ($0.kind, $0.detail) }
        )
        #expect(
            details[.currencyMismatch]
                == "operation 2 is in JPY, its payment in EUR: it counts in no sum; the currency is EUR, expected was USD"
        )
        #expect(
            details[.unknownType]?.contains("operation 3 ") == true
                && details[.unknownType]?.contains("operation 4 ") == true
        )
        #expect(
            details[.inconsistentSums]
                == "operation 6 names a negative amount: it moves nothing; 130 was given back, 100 was taken (minor units)"
        )
        let watched = payment.watch(Expectation(), schedule: .everyMinute, at: now)
        #expect(Set(watched.anomalies.map(\.kind)) == [.currencyMismatch, .unknownType, .inconsistentSums])
        #expect(watched.resolved[.currencyMismatch] == nil, "who watches without a currency has not looked at it")
    }

    @Test func `the amount is that of the payment's own currency, and no less than what was taken`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        var report = stated("success", .succeeded)
        report.payment?.currency = "EUR"
        report.operations += stated("", .succeeded, amount: 11_000, operation: "2").operations
        report.operations[1].currency = "JPY"
        _ = payment.record(report, from: .callback)
        #expect(payment.tracked.amounts.amount == 100)

        var late = Payment(id: "EP-2", isFolded: false)
        let refund = stated("partially refunded", .partiallyRefunded, at: 20, amount: 60, operation: "2", .refund)
        _ = late.record(refund, from: .callback)
        _ = late.record(stated("success", .succeeded, at: 10), from: .callback)
        #expect(late.tracked.amounts.amount == 100)
    }

    @Test func `a success that names no amount is asked about`() {
        for isFolded in [false, true] {
            var payment = Payment(id: "EP-1", isFolded: isFolded)
            var report = stated("success", .succeeded)
            report.payment?.amount = nil
            (report.operations[0].id, report.operations[0].amount) = ("EP-1", nil)
            if isFolded { report.payment?.status = nil }
            _ = payment.record(report, from: .callback)
            #expect(payment.state == .succeeded && payment.pollState.requestedAt != nil)
        }
    }

    @Test func `a step back of a capture is one of its payment`() {
        var payment = Payment(id: "r", isFolded: true)
        func tell(_ id: String, _ kind: OperationKind, _ state: State, _ origin: Origin = .callback) -> Consequences {
            var report = stated("", state, amount: 100, operation: id, kind, state)
            report.payment?.status = nil
            report.operations[0].parentID = id == "r" ? nil : "r"
            if id != "r" { report.payment = nil }
            return payment.record(report, from: origin)
        }
        _ = tell("r", .authorization, .succeeded)
        _ = tell("c", .capture, .succeeded)
        #expect(tell("c", .capture, .failed).anomalies.map(\.kind) == [.regression] && payment.tracked.isHeld)
        #expect(payment.isPaid() && !payment.isPaid(despite: [.regression]))
        #expect(tell("c", .capture, .succeeded, .answer(overtaken: false)).resolved[.regression] != nil)
        #expect(!payment.tracked.isHeld)
    }

    @Test func `staff at the gateway may move any status, and it is noted`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("success", .succeeded, at: 10), from: .callback)
        let changed = payment.record(stated("decline", .failed, at: 20, operation: "9", .manualChange), from: .callback)
        #expect(changed.effect == .applied && changed.anomalies.map(\.kind) == [.manualCorrection])
        let back = payment.record(stated("success", .succeeded, at: 30, operation: "9", .manualChange), from: .callback)
        #expect(back.anomalies.map(\.kind) != [.manualCorrection], "the same correction is not new a second time")
    }

    static let firstPolls: [(State, Duration?)] = [
        (.pending, .seconds(60)), (.unknown, .seconds(60)), (.authorized, .seconds(3600)), (.failed, .seconds(86_400)),
        (.expired, .seconds(86_400)), (.succeeded, nil), (.cancelled, nil), (.refunded, nil), (.chargedBack, nil),
    ]

    @Test(arguments: firstPolls)
    func `each state has its first poll`(_ state: State, _ expected: Duration?) {
        #expect(firstPoll(about: state, .everyMinute) == expected.map { now + $0 })
    }

    @Test func `a second look and audits can be turned off and on`() {
        var schedule = PollSchedule.everyMinute
        schedule.secondLook = .zero
        schedule.audit = [.seconds(7), .seconds(30)]
        #expect(firstPoll(about: .failed, schedule) == nil)
        #expect(firstPoll(about: .succeeded, schedule) == now + .seconds(7))
    }

    private func firstPoll(about state: State, _ schedule: PollSchedule) -> Timestamp? {
        var report = PaymentReport(id: "EP-1")
        report.status = Status(word: "\(state)", state: state)
        report.type = "purchase"
        report.purpose = .purchase
        report.amount = 100
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(report, operations: [], from: .callback, schedule: schedule, at: now)
        return payment.pollState.nextPollAt
    }

    static let gaps: [(String, State, OperationKind, Int64, Bool)] = [
        ("refunded", .refunded, .refund, 60, true), ("refunded", .refunded, .refund, 100, false),
        ("partially refunded", .partiallyRefunded, .refund, 60, false), ("success", .succeeded, .capture, 100, true),
        ("canceled", .cancelled, .void, 100, true),
    ]

    @Test(arguments: gaps)
    func `what cannot have come so by the operations that we know is asked about at once`(
        _ word: String,
        _ state: State,
        _ kind: OperationKind,
        _ amount: Int64,
        _ isAsked: Bool
    ) {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("success", .succeeded), from: .callback)
        var report = stated(word, state, at: 20, operation: "2", kind, .succeeded)
        report.operations[0].amount = amount
        _ = payment.record(report, from: .callback)
        #expect((payment.pollState.requestedAt != nil) == isAsked)
    }

    @Test func `an open operation keeps the polling going under a final payment`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.record(stated("success", .succeeded, operation: "1", .payment, .pending), from: .callback)
        #expect(payment.state == .succeeded && payment.pollState.phase == .scheduled)
        _ = payment.record(stated("success", .succeeded, operation: "1", .payment, .succeeded), from: .callback)
        #expect(payment.pollState.phase == .done)
    }

    @Test func `a checkout stays pending after a failed attempt, and ends with success or expiry`() {
        var checkout = Checkout(token: "t")
        func report(_ word: String, _ state: State, finished: Bool = false, expired: Bool = false) -> CheckoutReport {
            CheckoutReport(
                token: "t",
                status: Status(word: word, state: state),
                isFinished: finished,
                isExpired: expired
            )
        }
        _ = checkout.record(report("error", .pending), from: .callback, schedule: .everyMinute, at: now)
        checkout.isNew = false
        _ = checkout.record(
            report("failed", .pending, finished: true),
            from: .callback,
            schedule: .everyMinute,
            at: now
        )
        #expect(
            checkout.tracked.status == Status(word: "failed", state: .pending) && checkout.pollState.phase == .scheduled
        )
        _ = checkout.record(
            report("error", .expired, expired: true),
            from: .callback,
            schedule: .everyMinute,
            at: now
        )
        #expect(checkout.tracked.status.state == .expired && checkout.pollState.phase == .done)
    }

    static let exponents: [(String, Int?)] = [
        ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("BYR", 0), ("XXX", nil),
    ]

    @Test(arguments: exponents)
    func `exponents are those of ISO 4217`(_ code: String, _ exponent: Int?) {
        #expect(Currency.exponents[code] == exponent)
    }

    @Test func `durations are counted in whole milliseconds and never trap`() {
        #expect(Timestamp(milliseconds: 1000) + .milliseconds(1500) == Timestamp(milliseconds: 2500))
        #expect(Timestamp(milliseconds: 1000) - .milliseconds(1500) == Timestamp(milliseconds: -500))
        #expect(Timestamp(milliseconds: .max) + .seconds(1) == Timestamp(milliseconds: .max))
        #expect(Timestamp(milliseconds: .min) - .seconds(1) == Timestamp(milliseconds: .min))
        let longest = Timestamp(milliseconds: .max) - Timestamp(milliseconds: .min)
        #expect(longest == .milliseconds(Int64.max) + .milliseconds(Int64.max) + .milliseconds(1))
        #expect(longest.wholeMilliseconds == .max && (.zero - longest).wholeMilliseconds == .min)
        #expect((.milliseconds(Int64.max) + .microseconds(999)).wholeMilliseconds == .max)
        #expect((.milliseconds(Int64.max) + .milliseconds(1)).wholeMilliseconds == .max)
    }

    private let now = Timestamp(milliseconds: 1_000_000)

    private func stated(
        _ word: String,
        _ state: State,
        at seconds: Int64 = 10,
        amount: Int64 = 100,
        operation: String = "1",
        _ kind: OperationKind = .payment,
        _ operationState: State? = nil
    ) -> Report {
        var payment = PaymentReport(id: "EP-1")
        payment.status = Status(word: word, state: state)
        payment.type = "purchase"
        payment.purpose = .purchase
        payment.amount = amount
        payment.gatewayTime = Timestamp(milliseconds: seconds * 1000)
        let ends = operationState ?? (state == .failed ? .failed : .succeeded)
        var report = OperationReport(
            id: operation,
            kind: kind,
            status: Status(word: "\(ends)", state: ends)
        )
        report.type = "\(kind)"
        report.amount = amount
        report.gatewayTime = payment.gatewayTime
        return Report(payment: payment, operations: [report])
    }
}

extension Payment {
    fileprivate mutating func record(_ report: Report, from origin: Origin) -> Consequences {
        let consequences = record(
            report.payment,
            operations: report.operations,
            from: origin,
            schedule: .everyMinute,
            at: Timestamp(milliseconds: 1_000_000)
        )
        isNew = false
        return consequences
    }
}
