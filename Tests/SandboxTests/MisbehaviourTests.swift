import Gateways
import Payments
import Sandbox
import Testing

/// The sandbox misbehaves only as configured, and polling makes up for it.
@Suite struct MisbehaviourTests {
    @Test func `what is lost, doubled, late and out of order is made good by asking`() throws {
        var simulation = try Simulation {
            $0.misbehaviour.lose = 0.4
            $0.misbehaviour.duplicate = 0.3
            $0.misbehaviour.reorder = 0.5
            $0.misbehaviour.late = 0.3
            $0.misbehaviour.changeMind = 0.3
            $0.misbehaviour.ambiguous = 0.1
        }
        try simulation.live(making: 30)
        #expect(!simulation.differences.isEmpty)
        simulation.pollEverything()
        #expect(simulation.differences == [])
        let counters = simulation.world.counters
        #expect([counters.lost, counters.duplicated, counters.late, counters.reordered].allSatisfy { $0 > 50 })
        #expect(counters.regressed > 10)
    }

    @Test func `all is lost that asking makes good, and nothing else`() throws {
        var simulation = try Simulation { $0.misbehaviour.lose = 1 }
        try simulation.live(making: 20)
        #expect(simulation.world.counters.lost > simulation.world.counters.sent)
        // ecommpay does not find a payment of which only a request was rejected.
        let known = simulation.merchant.payments.filter { $0.key.account == "sandbox-ecommpay" }.values
        #expect(known.allSatisfy { $0.operations.isEmpty && $0.state == .failed })
        simulation.pollEverything()
        #expect(simulation.differences == [])
    }

    @Test func `what is lost for good is never heard of`() throws {
        var simulation = try Simulation {
            $0.misbehaviour.lose = 1
            $0.misbehaviour.losesForGood = true
        }
        try simulation.live(making: 20)
        #expect(simulation.world.counters.sent == 0)
        #expect(simulation.world.groundTruth().payments.allSatisfy { !$0.isAcknowledged })
    }

    @Test func `misbehaviour changes what is sent, not what happens`() throws {
        var (good, bad) = (try Simulation(), try Simulation { $0.misbehaviour.lose = 1 })
        try good.live(making: 20)
        try bad.live(making: 20)
        func facts(_ simulation: Simulation) -> [String] {
            simulation.world.groundTruth().payments.map { "\($0.id) \($0.status) \($0.refunded) \($0.operations)" }
        }
        #expect(facts(good) == facts(bad))
    }

    @Test func `a callback comes again until it is answered 200`() throws {
        var simulation = try Simulation { $0.lives = [.paid: 1, .refunded: 1] }
        var attempts: [[UInt8]: Int] = [:]
        try simulation.live(making: 10) { callback in
            attempts[callback.body, default: 0] += 1
            let deliveries = [Delivery.unanswered, .answered(status: 503), .answered(status: 201)]
            return attempts[callback.body, default: 0] <= 3
                ? deliveries[attempts[callback.body, default: 1] - 1] : .answered(status: 200)
        }
        #expect(Set(attempts.values) == [4])
        #expect(simulation.differences == [])
        let counters = simulation.world.counters
        #expect(counters.acknowledged * 3 == counters.refused + counters.unanswered)
    }

    @Test func `a gateway gives up on a token that expired after three times`() throws {
        var simulation = try Simulation { $0.lives = [.abandoned: 1] }
        var attempts: [String: Int] = [:]
        try simulation.live(making: 10) { callback in
            attempts[callback.subject, default: 0] += 1
            return callback.account == 0 ? .answered(status: 200) : .unanswered
        }
        let tokens = simulation.world.groundTruth().checkouts
        #expect(tokens.map { attempts[$0.token] } == tokens.map { _ in 3 })
        #expect(simulation.world.counters.givenUp == tokens.count)
    }

    @Test func `an outage keeps callbacks and answers back until it is over`() throws {
        var simulation = try Simulation { $0.lives = [.paid: 1] }
        try simulation.pass()
        simulation.world.misbehaviour.outage = true
        let created = try #require(simulation.created.first)
        #expect(simulation.poll(created.entity, at: created.account) == .unavailable)
        #expect(simulation.world.nextCallback(at: simulation.now + .seconds(60)) == nil)
        simulation.world.misbehaviour.outage = false
        try simulation.live(making: 0)
        #expect(simulation.differences == [])
    }

    @Test(arguments: [("rate_limit", StatusResult.rateLimited), ("fail", .unavailable), ("foreign", .foreign)])
    func `endpoints misbehave as they are told`(_ name: String, _ expected: StatusResult) throws {
        var simulation = try Simulation()
        try simulation.live(making: 10)
        try simulation.world.misbehave(name)
        for payment in simulation.world.groundTruth().payments where !payment.operations.isEmpty {
            let entity = Entity.payment(id: payment.id)
            #expect(simulation.poll(entity, at: payment.account) == expected)
        }
        #expect(simulation.world.counters.misanswered > 0)
    }

    @Test(
        arguments: [
            ("rubbish", .unavailable), ("unsigned", .undecodable("the signature is missing or wrong")),
        ] as [(String, StatusResult)]
    )
    func `rubbish and answers without a signature prove nothing`(_ name: String, expected: StatusResult) throws {
        var simulation = try Simulation { $0.lives = [.paid: 1] }
        try simulation.live(making: 10)
        try simulation.world.misbehave(name)
        for payment in simulation.world.groundTruth().payments where payment.account == "sandbox-ecommpay" {
            let entity = Entity.payment(id: payment.id)
            let reading = simulation.poll(entity, at: payment.account)
            #expect(reading == expected)
        }
    }
}

extension World {
    /// Makes one kind of misbehaviour certain.
    fileprivate mutating func misbehave(_ name: String) throws {
        let path = try #require(Misbehaviour.probabilities.first { $0.name == name }).path
        misbehaviour[keyPath: path] = 1
    }
}
