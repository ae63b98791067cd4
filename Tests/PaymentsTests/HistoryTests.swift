import Payments
import Testing

/// What the payment comes to when the callbacks of its history arrive in any order, once or twice.
@Suite struct HistoryTests {
    static let schedule = Schedule(
        firstAfter: .seconds(60),
        steps: [.seconds(60)],
        giveUpAfter: .seconds(86_400),
        authorizedEvery: .seconds(3600),
        secondLook: .seconds(86_400),
        audit: []
    )

    @Test(arguments: History.all) func `in their own order they lead to the end`(_ history: History) {
        let payment = tell(history.steps, of: history)
        #expect(payment.state == history.end)
        #expect(payment.line.amounts.refunded == history.refunded)
        #expect(payment.line.amounts.amount == 100)
        #expect(!payment.isHeld)
    }

    @Test(arguments: History.all) func `in any order they lead to the end, or the gateway is asked`(_ history: History)
    {
        for steps in history.steps.permutations {
            let payment = tell(steps, of: history)
            let isRight = payment.state == history.end && payment.line.amounts.refunded == history.refunded
            #expect(isRight || payment.asks, "\(steps.map { $0.operations[0].status.word ?? "" }) → \(payment.state)")
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
                #expect(payment.line.amounts.refunded == history.refunded)
                #expect(!payment.isHeld)
            }
        }
    }

    @Test(arguments: History.all) func `the same again changes nothing`(_ history: History) {
        var payment = tell(history.steps, of: history)
        guard let last = history.steps.last else { return }
        let before = payment
        let again = record(last, in: &payment, .callback)
        #expect(again.effect == .unchanged && again.transitions.isEmpty && again.anomalies.isEmpty)
        #expect(payment.line == before.line && payment.operations.map(\.line) == before.operations.map(\.line))
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
            #expect(stated == payment.line.status)
        }
    }

    @discardableResult
    private func record(_ step: History.Step, in payment: inout Payment, _ origin: Origin) -> Consequences {
        let consequences = payment.record(
            step.payment,
            operations: step.operations,
            from: origin,
            schedule: Self.schedule,
            at: Moment(milliseconds: 1_000_000)
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

extension Payment {
    /// Whether the gateway will be asked about the payment or one of its operations.
    fileprivate var asks: Bool {
        asking.nextPollAt != nil || operations.contains { $0.asking.nextPollAt != nil }
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
