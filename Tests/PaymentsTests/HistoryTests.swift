import Payments
import TestSupport
import Testing

/// The payment's state when the callbacks of its history arrive in any order, once or twice.
@Suite struct HistoryTests {
    @Test(arguments: History.all.filter(\.isTakenAtItsWord)) func `in their own order they lead to the end`(
        _ history: History
    ) {
        let payment = tell(history.steps, of: history)
        #expect(payment.state == history.end)
        #expect(payment.totals.refunded == history.refunded)
        #expect(payment.totals.balance == history.balance)
        #expect(payment.tracked.amounts.amount == 100)
        #expect(!payment.isHeld)
    }

    @Test(arguments: History.all) func `in any order they lead to the end, or the gateway is asked`(_ history: History)
    {
        for steps in history.steps.permutations {
            let payment = tell(steps, of: history)
            let isRight = payment.state == history.end && payment.totals.refunded == history.refunded
            let words = steps.map { $0.operations[0].status.word ?? "" }
            #expect(isRight || payment.isPolled, "\(words) → \(payment.state)")
        }
    }

    @Test(arguments: History.all) func `in any order and doubled, answers make it right`(_ history: History) {
        for steps in history.steps.permutations {
            for doubled in [steps, steps + steps, steps.flatMap { [$0, $0] }] {
                var payment = tell(doubled, of: history)
                for answer in [history.answer] + history.childAnswers {
                    record(answer, in: &payment, .answer(overtaken: false))
                }
                #expect(payment.state == history.end)
                #expect(payment.totals.refunded == history.refunded)
                #expect(payment.totals.balance == history.balance)
                #expect(!payment.isHeld)
            }
        }
    }

    @Test(arguments: History.all.filter(\.isTakenAtItsWord)) func `the same again changes nothing`(_ history: History) {
        var payment = tell(history.steps, of: history)
        guard let last = history.steps.last else { return }
        let before = payment
        let again = record(last, in: &payment, .callback)
        #expect(again.effect == .unchanged && again.transitions.isEmpty && again.anomalies.isEmpty)
        #expect(
            payment.tracked == before.tracked && payment.operations.map(\.tracked) == before.operations.map(\.tracked)
        )
    }

    @Test(arguments: History.all) func `the state is the fold of the transitions`(_ history: History) {
        for steps in history.steps.permutations {
            var payment = Payment(id: history.id, isFolded: history.isFolded)
            var stated: Status?
            for step in steps {
                for transition in record(step, in: &payment, .callback).transitions where transition.subject == .payment
                {
                    #expect(transition.from == stated)
                    stated = transition.to
                }
            }
            #expect(stated == payment.tracked.status)
        }
    }

    @Test(arguments: History.all)
    func `in any order and doubled, with answers in between, the entries add up to the balance`(_ history: History) {
        for steps in history.steps.permutations {
            let answers = [history.answer] + history.childAnswers
            for place in 0...steps.count {
                var books = Books(Payment(id: history.id, isFolded: history.isFolded))
                for step in steps[..<place] { books.record(step, .callback) }
                for answer in answers { books.record(answer, .answer(overtaken: false)) }
                for step in steps[place...] + steps { books.record(step, .callback) }
                #expect(books.isBalanced, "\(steps.map { $0.operations.last?.status.word ?? "" }), answers at \(place)")
            }
        }
    }

    @Test(arguments: History.all, History.all)
    func `a payment that turns out to be part of another takes its entries back`(_ one: History, _ other: History) {
        guard one.isFolded, other.isFolded else { return }
        var (whole, wrong) = (Books(Payment(id: "r", isFolded: true)), Books(Payment(id: "x", isFolded: true)))
        for step in one.steps { whole.record(step, .callback) }
        for step in other.steps { wrong.record(step.renamed(for: "x"), .callback) }
        let adopted = wrong.payment.operations
        wrong.book(wrong.payment.takeBackEntries())
        whole.book(whole.payment.merge(adopted))
        #expect(wrong.isBalanced && wrong.payment.totals.balance == 0)
        #expect(whole.isBalanced)
    }

    @discardableResult
    private func record(_ step: History.Step, in payment: inout Payment, _ origin: Origin) -> Consequences {
        let consequences = payment.record(
            step.payment,
            operations: step.operations,
            from: origin,
            schedule: .everyMinute,
            at: Timestamp(milliseconds: 1_000_000)
        )
        payment.isNew = false
        return consequences
    }

    private func tell(_ steps: [History.Step], of history: History) -> Payment {
        var payment = Payment(id: history.id, isFolded: history.isFolded)
        for step in steps { record(step, in: &payment, .callback) }
        return payment
    }
}

/// A payment, and the entries of its transitions.
private struct Books {
    var payment: Payment
    private var booked = Totals()

    init(_ payment: Payment) { self.payment = payment }

    mutating func record(_ step: History.Step, _ origin: Origin) {
        let consequences = payment.record(
            step.payment,
            operations: step.operations,
            from: origin,
            schedule: .everyMinute,
            at: Timestamp(milliseconds: 1_000_000)
        )
        payment.isNew = false
        book(consequences.transitions)
    }

    mutating func book(_ transitions: [Transition]) {
        for transition in transitions where transition.subject == .payment {
            if let entry = transition.entry {
                booked.add(entry)
                booked.held = transition.totals?.held ?? 0
                #expect(transition.totals == booked, "each transition says what the payment came to")
            }
            booked.held = transition.totals?.held ?? 0
        }
    }

    /// Whether the entries add up to the payment's totals.
    var isBalanced: Bool { booked == payment.totals }
}

extension History.Step {
    /// The same step, for a payment of another name.
    fileprivate func renamed(for id: String) -> Self {
        var step = self
        step.payment?.id = id
        for index in step.operations.indices {
            let isRoot = step.operations[index].parentID == nil
            step.operations[index].id = isRoot ? id : id + step.operations[index].id
            step.operations[index].parentID = isRoot ? nil : id
        }
        return step
    }
}

extension Payment {
    /// Whether the payment or one of its operations will be polled.
    fileprivate var isPolled: Bool {
        pollState.nextPollAt != nil || operations.contains { $0.pollState.nextPollAt != nil }
    }
}

extension Array {
    fileprivate var permutations: [[Element]] {
        guard count > 1 else { return [self] }
        return indices.flatMap { index in
            var rest = self
            let element = rest.remove(at: index)
            return rest.permutations.map { [element] + $0 }
        }
    }
}
