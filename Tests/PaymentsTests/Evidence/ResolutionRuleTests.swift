import Payments
import TestSupport
import Testing

/// Which evidence resolves which open anomaly of which entity, and by which sentence.
@Suite struct ResolutionRuleTests {
    struct Scenario: Sendable, CustomTestStringConvertible {
        let kind: AnomalyKind
        let entity: String
        let reason: String
        let consequences: @Sendable () -> Consequences

        var testDescription: String { "\(kind.rawValue) of a \(entity): \(reason)" }
    }

    @Test(arguments: Scenario.all)
    func `evidence resolves an anomaly by its sentence`(_ scenario: Scenario) {
        #expect(scenario.consequences().resolved[scenario.kind] == scenario.reason)
    }

    @Test func `each rule has a scenario`() {
        let shown = Set(Scenario.all.map { "\($0.kind.rawValue): \($0.reason)" })
        #expect(shown == Set(ResolutionRule.all.map { "\($0.kind.rawValue): \($0.reason)" }))
    }

    @Test(arguments: AnomalyKind.allCases)
    func `a kind is resolved by the conditions of its rules alone`(_ kind: AnomalyKind) {
        for rule in ResolutionRule.all {
            var consequences = Consequences(effect: .applied)
            consequences.resolve(rule.condition)
            let isOfKind = ResolutionRule.all.contains { $0.kind == kind && $0.condition == rule.condition }
            #expect((consequences.resolved[kind] != nil) == isOfKind)
        }
        let isClosedFromTheStart = kind == .lateSuccess || kind == .manualCorrection
        let hasRule = ResolutionRule.all.contains { $0.kind == kind }
        // What a target did not accept is no matter of evidence.
        #expect(hasRule != (isClosedFromTheStart || kind == .undelivered))
    }

    @Test(arguments: AnomalyKind.allCases)
    func `evidence does not resolve what it opens itself`(_ kind: AnomalyKind) {
        let all = ResolutionRule.all.reduce(into: ResolutionConditions()) { $0.formUnion($1.condition) }
        let anomaly = Anomaly(kind: kind, detail: "opened by the same evidence")
        var consequences = Consequences(effect: .applied, anomalies: [anomaly])
        consequences.resolve(all)
        #expect(consequences.resolved[kind] == nil && !consequences.resolved.isEmpty)
    }

    @Test func `an overtaken answer and a repeated callback resolve nothing that is held`() {
        for origin in [Origin.callback, .answer(overtaken: true)] {
            let payment = Scenario.payment(held: true).record(.success, from: origin)
            #expect(payment.resolved[.regression] == nil && payment.resolved[.ambiguousSignature] == nil)
            let checkout = Scenario.checkout(held: true).record(.success, from: origin)
            #expect(checkout.resolved[.regression] == nil)
            let subscription = Scenario.subscription(held: true).record(.success, from: origin)
            #expect(subscription.resolved[.regression] == nil)
        }
    }

    @Test func `an unknown word resolves no unknown word`() {
        let novelty = Status(word: "novelty", state: .unknown)
        #expect(Scenario.payment().record(novelty, from: .callback).resolved[.unknownStatus] == nil)
        #expect(Scenario.checkout().record(novelty, from: .callback).resolved[.unknownStatus] == nil)
        #expect(Scenario.subscription().record(novelty, from: .callback).resolved[.unknownStatus] == nil)
    }
}

extension ResolutionRuleTests.Scenario {
    static var all: [Self] { ofPayments + ofCheckouts + ofSubscriptions }

    private static let stands = "the gateway was asked, and its answer stands"
    private static let words = "the gateway now uses words that we know"
    private static let now = Timestamp(milliseconds: 1_000_000)
    private static let answer = Origin.answer(overtaken: false)
    private static let readable = PollResult(outcome: .unchanged, requestedAt: nil)

    private static var ofPayments: [Self] {
        [
            Self(.regression, "payment", stands) { payment(held: true).record(.success, from: answer) },
            Self(.unknownStatus, "payment", words) { payment().record(.success, from: .callback) },
            Self(.unknownType, "payment", "each operation that succeeded is of a type that we know") {
                payment().record(.success, from: .callback)
            },
            Self(.amountMismatch, "payment", "the amount is the expected one") {
                payment(expecting: Payments.Expectation(amount: 100)).record(.success, from: .callback)
            },
            Self(.amountMismatch, "payment", "nothing was taken") {
                payment().record(Status(word: "decline", state: .failed), from: .callback)
            },
            Self(.currencyMismatch, "payment", "the currency is the expected one") {
                payment(expecting: Payments.Expectation(currency: "EUR")).record(.success, from: .callback)
            },
            Self(.inconsistentSums, "payment", "the sums agree") { payment().record(.success, from: .callback) },
            Self(.conflict, "payment", stands) { payment(held: true).record(.success, from: answer) },
            Self(.undecodable, "payment", "a later answer could be read") { payment().apply(readable) },
            Self(.foreignAnswer, "payment", "a later answer was about what was asked") { payment().apply(readable) },
            Self(.unresolved, "payment", "the gateway has reported again") {
                payment(phase: .unresolved).record(.success, from: .callback)
            },
            Self(.unresolved, "payment", "the gateway has answered") { payment().apply(readable) },
            Self(.unresolved, "payment", "it is watched again") {
                var watched = payment(phase: .unresolved)
                return watched.watch(Payments.Expectation(), schedule: .everyMinute, at: now)
            },
            Self(.ambiguousSignature, "payment", stands) { payment(held: true).record(.success, from: answer) },
        ]
    }

    private static var ofCheckouts: [Self] {
        [
            Self(.regression, "checkout", stands) { checkout(held: true).record(.success, from: answer) },
            Self(.regression, "checkout", "a payment that it led to succeeded") { checkout(held: true).succeed() },
            Self(.unknownStatus, "checkout", words) { checkout().record(.success, from: .callback) },
            Self(.undecodable, "checkout", "a later answer could be read") { checkout().apply(readable) },
            Self(.foreignAnswer, "checkout", "a later answer was about what was asked") { checkout().apply(readable) },
            Self(.unresolved, "checkout", "the gateway has reported again") {
                checkout(phase: .unresolved).record(.success, from: .callback)
            },
            Self(.unresolved, "checkout", "the gateway has answered") { checkout().apply(readable) },
            Self(.unresolved, "checkout", "it is watched again") {
                var watched = checkout(phase: .unresolved)
                return watched.watch(Payments.Expectation(), schedule: .everyMinute, at: now)
            },
            Self(.unresolved, "checkout", "a payment that it led to succeeded") {
                checkout(phase: .unresolved).succeed()
            },
        ]
    }

    private static var ofSubscriptions: [Self] {
        [
            Self(.regression, "subscription", stands) { subscription(held: true).record(.success, from: answer) },
            Self(.unknownStatus, "subscription", words) { subscription().record(.success, from: .callback) },
            Self(.undecodable, "subscription", "a later answer could be read") { subscription().apply(readable) },
            Self(.foreignAnswer, "subscription", "a later answer was about what was asked") {
                subscription().apply(readable)
            },
            Self(.unresolved, "subscription", "the gateway has answered") { subscription().apply(readable) },
        ]
    }

    private init(
        _ kind: AnomalyKind,
        _ entity: String,
        _ reason: String,
        _ consequences: @escaping @Sendable () -> Consequences
    ) {
        self.kind = kind
        self.entity = entity
        self.reason = reason
        self.consequences = consequences
    }

    static func payment(
        held isHeld: Bool = false,
        phase: PollState.Phase = .scheduled,
        expecting expectation: Payments.Expectation = Payments.Expectation()
    ) -> Payment {
        var payment = Payment(id: "EP-1", isFolded: false)
        payment.isNew = false
        payment.tracked.status = Status(word: "processing", state: .pending)
        payment.tracked.isHeld = isHeld
        payment.pollState.phase = phase
        payment.expectation = expectation
        return payment
    }

    static func checkout(held isHeld: Bool = false, phase: PollState.Phase = .scheduled) -> Checkout {
        var checkout = Checkout(token: "t")
        checkout.isNew = false
        checkout.tracked.status = Status(word: "pending", state: .pending)
        checkout.tracked.isHeld = isHeld
        checkout.pollState.phase = phase
        return checkout
    }

    static func subscription(held isHeld: Bool = false) -> Subscription {
        var subscription = Subscription(id: "s")
        subscription.isNew = false
        subscription.tracked.status = Status(word: "trial", state: .pending)
        subscription.tracked.isHeld = isHeld
        return subscription
    }
}

extension Status {
    fileprivate static let success = Status(word: "success", state: .succeeded)
}

/// The consequences of one more piece of evidence, for an entity that is not looked at afterwards.
extension Payment {
    fileprivate func record(_ status: Status, from origin: Origin) -> Consequences {
        var payment = self
        var report = PaymentReport(id: id)
        report.status = status
        report.type = "purchase"
        report.purpose = .purchase
        report.amount = 100
        report.currency = "EUR"
        var operation = OperationReport(id: "1", kind: .payment, status: status)
        operation.type = "sale"
        operation.amount = 100
        operation.currency = "EUR"
        return payment.record(
            report,
            operations: [operation],
            from: origin,
            schedule: .everyMinute,
            at: Timestamp(milliseconds: 1_000_000)
        )
    }

    fileprivate func apply(_ result: PollResult) -> Consequences {
        var payment = self
        return payment.apply(result, schedule: .everyMinute, at: Timestamp(milliseconds: 1_000_000))
    }
}

extension Checkout {
    fileprivate func record(_ status: Status, from origin: Origin) -> Consequences {
        var checkout = self
        let report = CheckoutReport(token: token, status: status, isFinished: false, isExpired: false)
        return checkout.record(
            report,
            from: origin,
            schedule: .everyMinute,
            at: Timestamp(milliseconds: 1_000_000)
        )
    }

    fileprivate func apply(_ result: PollResult) -> Consequences {
        var checkout = self
        return checkout.apply(result, schedule: .everyMinute, at: Timestamp(milliseconds: 1_000_000))
    }

    fileprivate func succeed() -> Consequences {
        var (checkout, payment) = (self, Payment(id: "r", isFolded: true))
        payment.tracked.status = .success
        return checkout.succeed(with: payment)
    }
}

extension Subscription {
    fileprivate func record(_ status: Status, from origin: Origin) -> Consequences {
        var subscription = self
        let report = SubscriptionReport(id: id, status: status)
        return subscription.record(report, from: origin, at: Timestamp(milliseconds: 1_000_000))
    }

    fileprivate func apply(_ result: PollResult) -> Consequences {
        var subscription = self
        return subscription.apply(result, schedule: .everyMinute, at: Timestamp(milliseconds: 1_000_000))
    }
}
