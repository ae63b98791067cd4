import Payments
import TestSupport
import Testing

/// How operations move the merchant's money (docs/money.md).
@Suite struct MoneyTests {
    struct Moved: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var isFolded = true
        var word = "success"
        var state = State.succeeded
        var nuance: Status.Nuance?
        var purpose: Purpose? = .purchase
        var sum: Int64? = 100
        let operations: [(OperationKind, State, Int64?)]
        /// Held, captured, refunded, charged back, paid out.
        let totals: [Int64]
        var isPaid = false
        var alarms: [AnomalyKind] = []
    }

    static let rows: [Moved] = [
        Moved("a payment in one step takes", [(.payment, .succeeded, 100)], [0, 100, 0, 0, 0], isPaid: true),
        Moved("what did not succeed moves nothing", [(.payment, .failed, 100)], [0, 0, 0, 0, 0]),
        Moved("an authorization holds", [(.authorization, .succeeded, 100)], [100, 0, 0, 0, 0]),
        Moved(
            "a capture takes of what is held",
            [(.authorization, .succeeded, 100), (.capture, .succeeded, 30)],
            [70, 30, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "a capture without an amount takes what is held",
            [(.authorization, .succeeded, 100), (.capture, .succeeded, 30), (.capture, .succeeded, nil)],
            [0, 100, 0, 0, 0],
            isPaid: true
        ),
        Moved("a void releases", [(.authorization, .succeeded, 100), (.void, .succeeded, 40)], [60, 0, 0, 0, 0]),
        Moved(
            "a void without an amount releases all",
            [(.authorization, .succeeded, 100), (.capture, .succeeded, 30), (.void, .succeeded, nil)],
            [0, 30, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "a void of a payment takes back",
            [(.payment, .succeeded, 100), (.void, .succeeded, 100)],
            [0, 0, 0, 0, 0]
        ),
        Moved(
            "refunds give back",
            [
                (.payment, .succeeded, 100), (.refund, .succeeded, 10), (.refund, .succeeded, 15),
                (.refund, .failed, 50),
            ],
            [0, 100, 25, 0, 0],
            isPaid: true
        ),
        Moved(
            "a refund without an amount gives back what is left",
            [(.payment, .succeeded, 100), (.refund, .succeeded, nil), (.refund, .succeeded, 30)],
            [0, 100, 100, 0, 0]
        ),
        Moved(
            "a refund that is undone does not count",
            [(.payment, .succeeded, 100), (.refund, .succeeded, 60), (.refundReversal, .succeeded, 60)],
            [0, 100, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "no more is undone than was refunded",
            [(.payment, .succeeded, 100), (.refundReversal, .succeeded, 60)],
            [0, 100, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "a chargeback takes what it takes",
            [(.payment, .succeeded, 100), (.chargeback, .succeeded, 30)],
            [0, 100, 0, 30, 0]
        ),
        Moved(
            "a chargeback without an amount takes what is left",
            [(.payment, .succeeded, 100), (.refund, .succeeded, 20), (.chargeback, .succeeded, nil)],
            [0, 100, 20, 80, 0]
        ),
        Moved("no amount is no amount", [(.payment, .succeeded, nil)], [0, 0, 0, 0, 0]),
        Moved(
            "a negative amount is none, and an alarm",
            [(.payment, .succeeded, -5)],
            [0, 0, 0, 0, 0],
            alarms: [.inconsistentSums]
        ),
        Moved(
            "the least amount there is ends nothing",
            [(.payment, .succeeded, 100), (.refund, .succeeded, .min)],
            [0, 100, 0, 0, 0],
            isPaid: true,
            alarms: [.inconsistentSums]
        ),
        Moved(
            "sums stop at the limit",
            [(.authorization, .succeeded, .max), (.capture, .succeeded, .max), (.capture, .succeeded, .max)],
            [0, .max, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "more captured than held is an alarm",
            [(.authorization, .succeeded, 100), (.capture, .succeeded, 130)],
            [0, 130, 0, 0, 0],
            isPaid: true,
            alarms: [.inconsistentSums]
        ),
        Moved(
            "more given back than taken is an alarm",
            [(.payment, .succeeded, 100), (.refund, .succeeded, 130)],
            [0, 100, 130, 0, 0],
            alarms: [.inconsistentSums]
        ),
        Moved(
            "a refund of what was never captured is an alarm",
            [(.authorization, .succeeded, 100), (.refund, .succeeded, 30)],
            [100, 0, 30, 0, 0],
            alarms: [.inconsistentSums]
        ),
        Moved(
            "an operation of a type that nobody knows is an alarm",
            [(.payment, .succeeded, 100), (.unknown, .succeeded, 30)],
            [0, 100, 0, 0, 0],
            isPaid: true,
            alarms: [.unknownType]
        ),
        Moved("a verification moves nothing", purpose: .verification, [(.other, .succeeded, 100)], [0, 0, 0, 0, 0]),
        Moved(
            "a transfer is not the merchant's money",
            purpose: .transfer,
            [(.other, .succeeded, 100)],
            [0, 0, 0, 0, 0]
        ),
        Moved("a payout is never income", purpose: .payout, [(.payout, .succeeded, 100)], [0, 0, 0, 0, 100]),
        Moved(
            "stated success without operations takes what it states",
            isFolded: false,
            [],
            [0, 100, 0, 0, 0],
            isPaid: true
        ),
        Moved("a stated payout without operations pays out", isFolded: false, purpose: .payout, [], [0, 0, 0, 0, 100]),
        Moved(
            "what is not known to be a purchase takes nothing by its word alone",
            isFolded: false,
            purpose: .unknown,
            [],
            [0, 0, 0, 0, 0]
        ),
        Moved(
            "stated as refunded, without saying how",
            isFolded: false,
            word: "refunded",
            state: .refunded,
            [(.payment, .succeeded, 100)],
            [0, 100, 100, 0, 0]
        ),
        Moved(
            "two sales in one payment",
            isFolded: false,
            [(.payment, .succeeded, 100), (.payment, .succeeded, 100)],
            [0, 200, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "partially paid",
            isFolded: false,
            word: "partially paid",
            state: .pending,
            [(.payment, .succeeded, 40)],
            [0, 40, 0, 0, 0]
        ),
        Moved(
            "nothing is taken while it is not confirmed",
            isFolded: false,
            word: "awaiting confirmation",
            state: .pending,
            nuance: .unconfirmed,
            [(.payment, .succeeded, 100)],
            [0, 0, 0, 0, 0]
        ),
        Moved(
            "a stored card holds while a capture is awaited",
            isFolded: false,
            word: "awaiting capture",
            state: .authorized,
            [(.recurring, .succeeded, 100)],
            [100, 0, 0, 0, 0]
        ),
        Moved(
            "a stored card takes in one step",
            isFolded: false,
            [(.recurring, .succeeded, 100)],
            [0, 100, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "a stored card beside a capture held",
            isFolded: false,
            [(.recurring, .succeeded, 100), (.capture, .succeeded, 60)],
            [0, 60, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "the rest of a partial capture is released",
            isFolded: false,
            [(.authorization, .succeeded, 100), (.capture, .succeeded, 60)],
            [0, 60, 0, 0, 0],
            isPaid: true
        ),
        Moved(
            "a payment corrected to failed takes nothing",
            isFolded: false,
            word: "decline",
            state: .failed,
            [(.payment, .succeeded, 100)],
            [0, 0, 0, 0, 0]
        ),
    ]

    @Test(arguments: rows) func `the operations of a payment come to its sums`(_ row: Moved) {
        let (payment, consequences) = row.record(row.operations)
        let totals = payment.totals
        #expect([totals.held, totals.captured, totals.refunded, totals.chargedBack, totals.paidOut] == row.totals)
        #expect(payment.isPaid() == row.isPaid)
        #expect(consequences.anomalies.filter { $0.kind.isAlarm }.map(\.kind) == row.alarms)
        #expect(Totals(of: payment.entries, held: totals.held) == totals)
    }

    @Test(arguments: rows) func `the order in which we heard of them plays no part`(_ row: Moved) {
        let reversed = row.record(row.operations.reversed()).0
        #expect(reversed.totals == row.record(row.operations).0.totals)
    }

    /// An operation to undo: id, kind, amount, parent.
    typealias Step = (id: String, kind: OperationKind, amount: Int64?, parent: String?)

    struct Voided: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var purpose = Purpose.purchase
        let steps: [Step]
        /// Held, captured, refunded, charged back, paid out.
        let totals: [Int64]
        var state = State.succeeded
        var alarms: [AnomalyKind] = []
    }

    static let voids: [Voided] = [
        Voided(
            testDescription: "of one capture, without an amount: that capture",
            steps: [
                ("r", .authorization, 100, nil), ("c", .capture, 30, "r"), ("d", .capture, 50, "r"),
                ("v", .void, nil, "c"),
            ],
            totals: [20, 50, 0, 0, 0]
        ),
        Voided(
            testDescription: "of a capture that names none",
            steps: [("r", .authorization, 100, nil), ("c", .capture, nil, "r"), ("v", .void, nil, "c")],
            totals: [0, 0, 0, 0, 0],
            state: .cancelled
        ),
        Voided(
            testDescription: "of a refund",
            steps: [("r", .payment, 100, nil), ("b", .refund, 40, "r"), ("v", .void, nil, "b")],
            totals: [0, 100, 0, 0, 0]
        ),
        Voided(
            testDescription: "of a refund, in part",
            steps: [("r", .payment, 100, nil), ("b", .refund, 40, "r"), ("v", .void, 10, "b")],
            totals: [0, 100, 30, 0, 0],
            state: .partiallyRefunded
        ),
        Voided(
            testDescription: "of a chargeback without an amount",
            steps: [("r", .payment, 100, nil), ("b", .chargeback, nil, "r"), ("v", .void, nil, "b")],
            totals: [0, 100, 0, 0, 0]
        ),
        Voided(
            testDescription: "two in part, of what is held and of no more",
            steps: [
                ("r", .authorization, 100, nil), ("c", .capture, 60, "r"), ("v", .void, 30, "r"), ("w", .void, 10, "r"),
            ],
            totals: [0, 60, 0, 0, 0]
        ),
        Voided(
            testDescription: "two in part, of more than is held",
            steps: [
                ("r", .authorization, 100, nil), ("c", .capture, 60, "r"), ("v", .void, 30, "r"), ("w", .void, 25, "r"),
            ],
            totals: [0, 60, 0, 0, 0],
            alarms: [.inconsistentSums]
        ),
        Voided(
            testDescription: "of the whole hold, after a capture in part",
            steps: [("r", .authorization, 100, nil), ("c", .capture, 60, "r"), ("v", .void, 100, "r")],
            totals: [0, 60, 0, 0, 0]
        ),
        Voided(
            testDescription: "two in part, of a payment, and of more than it took",
            steps: [("r", .payment, 100, nil), ("v", .void, 70, "r"), ("w", .void, 60, "r")],
            totals: [0, 0, 0, 0, 0],
            state: .cancelled,
            alarms: [.inconsistentSums]
        ),
        Voided(
            testDescription: "of a payout",
            purpose: .payout,
            steps: [("r", .payout, 100, nil), ("v", .void, nil, "r")],
            totals: [0, 0, 0, 0, 0],
            state: .cancelled
        ),
        Voided(
            testDescription: "of a hold of which all was captured",
            steps: [("r", .authorization, 100, nil), ("c", .capture, 100, "r"), ("v", .void, 100, "r")],
            totals: [0, 100, 0, 0, 0],
            alarms: [.inconsistentSums]
        ),
        Voided(
            testDescription: "of a hold whose amount nobody named",
            steps: [("r", .authorization, nil, nil), ("c", .capture, 30, "r"), ("v", .void, 20, "r")],
            totals: [0, 30, 0, 0, 0]
        ),
        Voided(
            testDescription: "of a capture that is made again",
            steps: [
                ("r", .authorization, 100, nil), ("c", .capture, 100, "r"), ("v", .void, nil, "c"),
                ("d", .capture, 100, "r"),
            ],
            totals: [0, 100, 0, 0, 0]
        ),
        Voided(
            testDescription: "of what a refund has left",
            steps: [("r", .payment, 100, nil), ("b", .refund, 10, "r"), ("v", .void, nil, "r")],
            totals: [0, 10, 10, 0, 0],
            state: .refunded
        ),
        Voided(
            testDescription: "of one refund of two that name no amount",
            steps: [
                ("r", .payment, 100, nil), ("b", .refund, nil, "r"), ("d", .refund, nil, "r"), ("v", .void, nil, "d"),
            ],
            totals: [0, 100, 100, 0, 0],
            state: .refunded
        ),
        Voided(
            testDescription: "none, but a payout that came back",
            purpose: .payout,
            steps: [("r", .payout, 100, nil), ("b", .refund, 70, "r")],
            totals: [0, 0, 0, 0, 30]
        ),
        Voided(
            testDescription: "none, and a capture of what was never held",
            steps: [("r", .authorization, 0, nil), ("c", .capture, 60, "r")],
            totals: [0, 60, 0, 0, 0]
        ),
    ]

    @Test(arguments: voids) func `a void undoes its parent, whatever comes first`(_ row: Voided) {
        for steps in [row.steps, row.steps.reversed()] {
            var payment = Payment(id: "r", isFolded: true)
            var last: Consequences?
            for step in steps {
                var report = OperationReport(
                    id: step.id,
                    kind: step.kind,
                    status: Status(word: "ok", state: .succeeded)
                )
                (report.type, report.parentID) = ("\(step.kind)", step.parent)
                (report.amount, report.currency) = (step.amount, "EUR")
                var own = PaymentReport.purchase
                own.purpose = row.purpose
                last = payment.record(
                    step.parent == nil ? own : nil,
                    operations: [report],
                    from: .callback,
                    schedule: .everyMinute,
                    at: .zero
                )
            }
            let totals = payment.totals
            #expect([totals.held, totals.captured, totals.refunded, totals.chargedBack, totals.paidOut] == row.totals)
            #expect(payment.state == row.state)
            #expect(last?.anomalies.map(\.kind) == row.alarms)
            #expect(Totals(of: payment.entries, held: totals.held) == totals)
        }
    }

    @Test func `entries add up to the balance at the limits too`() {
        let row = Moved(
            "",
            [
                (.payment, .succeeded, .max), (.payment, .succeeded, .max), (.refund, .succeeded, .max),
                (.chargeback, .succeeded, .max), (.chargeback, .succeeded, .max),
            ],
            []
        )
        let payment = row.record(row.operations).0
        var sum: Int64 = 0
        for entry in payment.entries { sum += entry.amount }
        #expect(sum == payment.totals.balance && sum == -.max)
    }

    @Test
    func `what was captured and turns out to be a void of as much is booked in two steps, where one does not fit`() {
        var payment = Payment(id: "a", isFolded: true)
        var booked: Int128 = 0
        var last: Transition?
        func apply(_ id: String, _ kind: OperationKind, parent: String?, from origin: Origin) {
            var report = OperationReport(id: id, kind: kind, status: Status(word: "ok", state: .succeeded))
            (report.type, report.parentID, report.amount, report.currency) = ("\(kind)", parent, .max, "EUR")
            let transitions = payment.record(
                parent == nil ? .purchase : nil,
                operations: [report],
                from: origin,
                schedule: .everyMinute,
                at: .zero
            ).transitions
            payment.isNew = false
            booked += transitions.reduce(0) { $0 + Int128($1.entry?.amount ?? 0) }
            last = transitions.last { $0.subject == .payment } ?? last
        }
        apply("a", .authorization, parent: nil, from: .callback)
        apply("b", .capture, parent: "a", from: .callback)
        apply("c", .capture, parent: "a", from: .callback)
        #expect(payment.totals.captured == .max && booked == Int128(Int64.max))

        apply("b", .void, parent: "c", from: .answer(overtaken: false))
        #expect(payment.entries.map(\.amount) == [.max, -.max])
        #expect(payment.totals.captured == 0 && booked == 0)
        #expect(last?.totals == payment.totals)
    }

    @Test func `a capture after an authorization that failed is an alarm`() {
        let row = Moved("", [(.authorization, .failed, 100), (.capture, .succeeded, 100)], [])
        let (payment, consequences) = row.record(row.operations)
        #expect(payment.state == .failed && payment.pollState.requestedAt == .zero)
        #expect(consequences.anomalies.map(\.detail) == ["100 was captured, 0 was held (minor units)"])
    }

    @Test(arguments: [
        ("partially reversed", State.partiallyRefunded, Int64(40), Int64(60)), ("reversed", .refunded, 100, 0),
    ])
    func `a hold that is reversed was never taken`(_ word: String, _ state: State, _ amount: Int64, _ held: Int64) {
        let row = Moved(
            "",
            isFolded: false,
            word: word,
            state: state,
            [(.authorization, .succeeded, 100), (.refund, .succeeded, amount)],
            []
        )
        let payment = row.record(row.operations).0
        #expect(payment.totals == Totals(held: held, captured: 0, refunded: 0, chargedBack: 0, paidOut: 0))
        #expect(payment.entries.isEmpty && payment.pollState.requestedAt == .zero)
    }

    @Test func `an operation in another currency than its payment counts in no sum, and is an alarm`() {
        var report = Moved("", [(.payment, .succeeded, 100), (.refund, .succeeded, 30)], []).reports
        report[1].currency = "USD"
        var payment = Payment(id: "r", isFolded: true)
        let consequences = payment.record(
            .purchase,
            operations: report,
            from: .callback,
            schedule: .everyMinute,
            at: .zero
        )
        #expect(consequences.anomalies.map(\.kind) == [.currencyMismatch])
        #expect(payment.totals.refunded == 0 && payment.state == .succeeded)
    }

    @Test func `each movement of one report is a transition of its own, with the sums as they stood then`() {
        let row = Moved("", [(.payment, .succeeded, 100), (.refund, .succeeded, 10), (.refund, .succeeded, 20)], [])
        let moves = row.record(row.operations).1.transitions.filter { $0.subject == .payment }
        #expect(moves.map(\.entry?.amount) == [100, -10, -20])
        #expect(moves.map(\.totals?.refunded) == [0, 10, 30])
        #expect(moves.map(\.from) == [nil, moves[0].to, moves[0].to])
    }

    @Test func `a payment whose currency changes is booked anew in the other one`() {
        var payment = Payment(id: "r", isFolded: true)
        var reports = Moved("", [(.payment, .succeeded, 100)], []).reports
        _ = payment.record(.purchase, operations: reports, from: .callback, schedule: .everyMinute, at: .zero)
        payment.isNew = false
        reports[0].currency = "USD"
        let changed = payment.record(
            .purchase,
            operations: reports,
            from: .callback,
            schedule: .everyMinute,
            at: .zero
        )
        let entries = changed.transitions.compactMap(\.entry)
        #expect(entries.map(\.amount) == [-100, 100] && entries.map(\.currency) == ["EUR", "USD"])
    }

    @Test func `where every purchase is confirmed, the callback that would make an order paid is held`() {
        let row = Moved("", isFolded: false, [(.payment, .succeeded, 100)], [])
        var payment = Payment(id: "r", isFolded: false)
        let held = payment.record(
            row.report,
            operations: row.reports,
            from: .callback,
            confirmingMoneyDespite: [],
            schedule: .everyMinute,
            at: .zero
        )
        #expect(held.effect == .held && !payment.isPaid() && payment.pollState.requestedAt == .zero)
        payment.isNew = false
        _ = payment.record(
            row.report,
            operations: row.reports,
            from: .answer(overtaken: false),
            confirmingMoneyDespite: [],
            schedule: .everyMinute,
            at: .zero
        )
        #expect(payment.isPaid() && !payment.isHeld)
    }

    @Test func `where every purchase is confirmed, so is what adds to one that is paid`() {
        let row = Moved("", isFolded: false, [(.payment, .succeeded, 100)], [])
        var payment = row.record(row.operations).0
        payment.isNew = false
        var more = row.reports[0]
        (more.id, more.amount) = ("more", 990_000)
        let held = payment.record(
            row.report,
            operations: [more],
            from: .callback,
            confirmingMoneyDespite: [],
            schedule: .everyMinute,
            at: .zero
        )
        #expect(held.effect == .held && payment.totals.captured == 100)
    }

    @Test func `a payout that ecommpay states as reversed was not paid out`() {
        for operations in [[], [(OperationKind.payout, State.succeeded, Int64(100))]] {
            let row = Moved("", isFolded: false, word: "reversed", state: .refunded, purpose: .payout, operations, [])
            #expect(row.record(row.operations).0.totals.paidOut == 0)
        }
    }

    @Test func `where every purchase is confirmed, so is the callback that would lift an alarm`() {
        let row = Moved("", isFolded: false, sum: 90, [(.payment, .succeeded, 90)], [])
        var payment = Payment(id: "r", isFolded: false)
        payment.expect(Expectation(amount: 100))
        func record(_ row: Moved, _ origin: Origin, _ open: Set<AnomalyKind>) -> Consequences {
            let consequences = payment.record(
                row.report,
                operations: row.reports,
                from: origin,
                confirmingMoneyDespite: open,
                schedule: .everyMinute,
                at: .zero
            )
            payment.isNew = false
            return consequences
        }
        let less = record(row, .answer(overtaken: false), [])
        #expect(less.anomalies.map(\.kind) == [.amountMismatch])
        let whole = Moved("", isFolded: false, [(.payment, .succeeded, 100)], [])
        #expect(record(whole, .callback, [.amountMismatch]).effect == .held && payment.totals.captured == 90)
        #expect(record(whole, .answer(overtaken: false), [.amountMismatch]).resolved[.amountMismatch] != nil)
        #expect(record(whole, .callback, []).effect == .unchanged, "what is paid stays so")
    }
}

extension MoneyTests.Moved {
    init(
        _ description: String,
        isFolded: Bool = true,
        word: String = "success",
        state: State = .succeeded,
        nuance: Status.Nuance? = nil,
        purpose: Purpose? = .purchase,
        sum: Int64? = 100,
        _ operations: [(OperationKind, State, Int64?)],
        _ totals: [Int64],
        isPaid: Bool = false,
        alarms: [AnomalyKind] = []
    ) {
        testDescription = description
        self.isFolded = isFolded
        self.word = word
        self.state = state
        self.nuance = nuance
        self.purpose = purpose
        self.sum = sum
        self.operations = operations
        self.totals = totals
        self.isPaid = isPaid
        self.alarms = alarms
    }

    var report: PaymentReport {
        var report = PaymentReport(id: "r")
        report.status = isFolded ? nil : Status(word: word, state: state, nuance: nuance)
        report.type = "\(String(describing: purpose))"
        report.purpose = purpose
        report.amount = sum
        report.currency = "EUR"
        return report
    }

    var reports: [OperationReport] { reports(of: operations) }

    func reports(of operations: [(OperationKind, State, Int64?)]) -> [OperationReport] {
        operations.map { kind, state, amount in
            // The root is the first in every row; a later one in a row is its child.
            let place = self.operations.firstIndex { $0 == (kind, state, amount) } ?? 0
            let isRoot = place == 0
            var report = OperationReport(
                id: isRoot ? "r" : "\(kind)-\(state)-\(amount.map(String.init) ?? "")",
                kind: kind,
                status: Status(word: "\(state)", state: state)
            )
            report.parentID = isRoot || !isFolded ? nil : "r"
            report.type = "\(kind)"
            report.amount = amount
            report.currency = "EUR"
            return report
        }
    }

    func record(_ operations: [(OperationKind, State, Int64?)]) -> (Payment, Consequences) {
        var payment = Payment(id: "r", isFolded: isFolded)
        var reports = reports(of: operations)
        // Two equal entries in a row are two operations.
        for index in reports.indices where reports[..<index].contains(where: { $0.id == reports[index].id }) {
            reports[index].id += "-\(index)"
            if isFolded { reports[index].parentID = "r" }
        }
        let consequences = payment.record(
            report,
            operations: reports,
            from: .callback,
            schedule: .everyMinute,
            at: .zero
        )
        return (payment, consequences)
    }
}

extension PaymentReport {
    fileprivate static var purchase: PaymentReport { MoneyTests.Moved("", [], []).report }
}

extension Timestamp {
    fileprivate static let zero = Timestamp(milliseconds: 1_000_000)
}
