import Gateways
import Payments
import Sandbox
import Testing

/// The sandbox's callbacks and answers add up to what it made happen.
@Suite struct LivesTests {
    @Test(arguments: [
        (Life.paid, [State.succeeded], [State.succeeded]),
        (.declined, [.failed], [.failed]),
        (.retried, [.succeeded], [.failed, .succeeded]),
        (.captured, [.succeeded], [.succeeded]),
        (.cancelled, [.cancelled], [.cancelled]),
        (.refunded, [.refunded, .succeeded], [.refunded, .succeeded]),  // Some refunds are declined.
        (
            .partlyRefunded, [.partiallyRefunded, .refunded, .succeeded], [.partiallyRefunded, .refunded, .succeeded]
        ),
        (.reversed, [.refunded], [.refunded, .succeeded]),
        (.lateSuccess, [.succeeded], [.succeeded]),
        (.corrected, [.failed, .succeeded], [.failed, .succeeded]),
        (.abandoned, [.expired], []),
        (.chargedBack, [.succeeded], [.chargedBack]),
        (.refused, [.failed, .succeeded], [.failed]),
        (.subscribed, [.succeeded], [.failed, .succeeded]),
    ])
    func `a life ends as it should, and every callback of it is understood`(
        _ life: Life,
        atEcommpay: [State],
        atEComCharge: [State]
    ) throws {
        var told = try Told { $0.lives = [life: 1] }
        try told.live(making: 10)
        if life == .subscribed { told.askAboutEverything() }  // Their payments are found only by polling.
        #expect(told.differences == [])
        #expect(told.merchant.undecoded == 0)
        let payments = told.world.groundTruth().payments
        #expect(Set(payments.filter { $0.account == "sandbox-ecommpay" }.map(\.state)) == Set(atEcommpay))
        #expect(Set(payments.filter { $0.account == "sandbox-ecomcharge" }.map(\.state)) == Set(atEComCharge))
        #expect(told.world.counters.acknowledged == told.world.counters.sent)
    }

    @Test func `every callback is proved in every way that its gateway knows`() throws {
        var told = try Told(checksSignatures: true)
        try told.live(making: 8)
        told.askAboutEverything()
        #expect(told.bodies.count > 50)
        #expect(told.differences == [])
    }

    @Test func `an abandoned token expires, and says so`() throws {
        var told = try Told { $0.lives = [.abandoned: 1] }
        try told.live(making: 15)
        let checkouts = told.world.groundTruth().checkouts
        #expect(!checkouts.isEmpty)
        #expect(checkouts.allSatisfy { $0.state == .expired && $0.isAcknowledged })
        #expect(told.merchant.checkouts.values.allSatisfy { $0.isExpired && !$0.isFinished })
    }

    @Test func `all lives together, asked about at the end, are the truth`() throws {
        var told = try Told()
        try told.live(making: 20)
        told.askAboutEverything()
        #expect(told.differences == [])
        let payments = told.world.groundTruth().payments
        #expect(payments.count > 75)
        #expect(Set(payments.map(\.state)).count == 7)
        #expect(Set(payments.map(\.currency)).isSuperset(of: ["JPY", "KWD", "EUR"]))
        #expect(
            Set(told.merchant.payments.values.compactMap(\.method)).isSuperset(of: ["card", "credit_card", "erip"])
        )
    }

    @Test func `surcharges of both kinds are told, and add up`() throws {
        var told = try Told { $0.lives = [.paid: 1] }
        try told.live(making: 20)
        told.askAboutEverything()
        let surcharged = told.merchant.payments.values.filter { $0.surcharge != nil }
        #expect(surcharged.count > 5)
        #expect(surcharged.allSatisfy { ($0.initialAmount ?? 0) + ($0.surcharge ?? 0) == $0.tracked.amounts.amount })
    }

    @Test func `one seed makes one world, however time passes`() throws {
        var (first, second) = (try Told(), try Told())
        try first.live(making: 20)
        try second.live(making: 20, step: .milliseconds(250))
        // The smaller steps leave room for some more payments.
        let payments = first.world.groundTruth().payments
        #expect(payments == Array(second.world.groundTruth().payments.prefix(payments.count)))
        #expect(Set(first.bodies).isSubset(of: second.bodies))
        var other = try Told { $0.seed = 12 }
        try other.live(making: 20)
        #expect(Set(other.bodies).isDisjoint(with: first.bodies))
    }

    @Test func `time that is scaled is the same time, but shorter`() throws {
        var (slow, fast) = (try Told(), try Told { $0.timeScale = 60 })
        try slow.live(making: 10)
        try fast.live(making: 10)
        #expect(slow.world.groundTruth().payments.map(\.state) == fast.world.groundTruth().payments.map(\.state))
        #expect(fast.now < slow.now)
    }

    @Test func `a rate may be as small, and weights as large, as there are numbers`() throws {
        var told = try Told {
            $0.rate = .leastNonzeroMagnitude
            $0.lives = [.paid: .max, .declined: .max]
        }
        try told.live(making: 10)
        #expect(told.world.counters.created == 1)
    }

    @Test func `what is finished is forgotten, the oldest first`() throws {
        var told = try Told { $0.remembered = 20 }
        try told.live(making: 20)
        #expect(told.world.counters.created > 50)
        #expect(told.world.memory == 20)
        let forgotten = try #require(told.created.first { $0.account == "sandbox-ecommpay" })
        #expect(
            told.merchant.ask(about: forgotten.entity, at: forgotten.account, &told.world, at: told.now) == .notFound
        )
    }
}
