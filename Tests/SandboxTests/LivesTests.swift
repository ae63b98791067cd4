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
        var simulation = try Simulation { $0.lives = [life: 1] }
        try simulation.live(making: 10)
        if life == .subscribed { simulation.pollEverything() }  // Their payments are found only by polling.
        #expect(simulation.differences == [])
        #expect(simulation.merchant.undecoded == 0)
        let payments = simulation.world.groundTruth().payments
        #expect(Set(payments.filter { $0.account == "sandbox-ecommpay" }.map(\.state)) == Set(atEcommpay))
        #expect(Set(payments.filter { $0.account == "sandbox-ecomcharge" }.map(\.state)) == Set(atEComCharge))
        #expect(simulation.world.counters.acknowledged == simulation.world.counters.sent)
    }

    @Test func `every callback is proved in every way that its gateway knows`() throws {
        var simulation = try Simulation(checksSignatures: true)
        try simulation.live(making: 8)
        simulation.pollEverything()
        #expect(simulation.bodies.count > 50)
        #expect(simulation.differences == [])
    }

    @Test func `an abandoned token expires, and says so`() throws {
        var simulation = try Simulation { $0.lives = [.abandoned: 1] }
        try simulation.live(making: 15)
        let checkouts = simulation.world.groundTruth().checkouts
        #expect(!checkouts.isEmpty)
        #expect(checkouts.allSatisfy { $0.state == .expired && $0.isAcknowledged })
        #expect(simulation.merchant.checkouts.values.allSatisfy { $0.isExpired && !$0.isFinished })
    }

    @Test func `all lives together, asked about at the end, are the truth`() throws {
        var simulation = try Simulation()
        try simulation.live(making: 20)
        simulation.pollEverything()
        #expect(simulation.differences == [])
        let payments = simulation.world.groundTruth().payments
        #expect(payments.count > 75)
        #expect(Set(payments.map(\.state)).count == 7)
        #expect(Set(payments.map(\.currency)).isSuperset(of: ["JPY", "KWD", "EUR"]))
        #expect(
            Set(simulation.merchant.payments.values.compactMap(\.method))
                .isSuperset(of: ["card", "credit_card", "erip"])
        )
    }

    @Test func `surcharges of both kinds are told, and add up`() throws {
        var simulation = try Simulation { $0.lives = [.paid: 1] }
        try simulation.live(making: 20)
        simulation.pollEverything()
        let surcharged = simulation.merchant.payments.values.filter { $0.surcharge != nil }
        #expect(surcharged.count > 5)
        #expect(surcharged.allSatisfy { ($0.initialAmount ?? 0) + ($0.surcharge ?? 0) == $0.tracked.amounts.amount })
    }

    @Test func `one seed makes one world, however time passes`() throws {
        var (first, second) = (try Simulation(), try Simulation())
        try first.live(making: 20)
        try second.live(making: 20, step: .milliseconds(250))
        // The smaller steps leave room for some more payments.
        let payments = first.world.groundTruth().payments
        #expect(payments == Array(second.world.groundTruth().payments.prefix(payments.count)))
        #expect(Set(first.bodies).isSubset(of: second.bodies))
        var other = try Simulation { $0.seed = 12 }
        try other.live(making: 20)
        #expect(Set(other.bodies).isDisjoint(with: first.bodies))
    }

    @Test func `time that is scaled is the same time, but shorter`() throws {
        var (slow, fast) = (try Simulation(), try Simulation { $0.timeScale = 60 })
        try slow.live(making: 10)
        try fast.live(making: 10)
        #expect(slow.world.groundTruth().payments.map(\.state) == fast.world.groundTruth().payments.map(\.state))
        #expect(fast.now < slow.now)
    }

    @Test func `a rate may be as small, and weights as large, as there are numbers`() throws {
        var simulation = try Simulation {
            $0.rate = .leastNonzeroMagnitude
            $0.lives = [.paid: .max, .declined: .max]
        }
        try simulation.live(making: 10)
        #expect(simulation.world.counters.created == 1)
    }

    @Test func `what is finished is forgotten, the oldest first`() throws {
        var simulation = try Simulation { $0.remembered = 20 }
        try simulation.live(making: 20)
        #expect(simulation.world.counters.created > 50)
        #expect(simulation.world.memory == 20)
        let forgotten = try #require(simulation.created.first { $0.account == "sandbox-ecommpay" })
        #expect(simulation.poll(forgotten.entity, at: forgotten.account) == .notFound)
    }
}
