import Gateways
import Payments
import Sandbox
import Testing

/// The sandbox misbehaves only as configured, and polling makes up for it.
@Suite struct MisbehaviourTests {
    @Test func `what is lost, doubled, late and out of order is made good by asking`() throws {
        var told = try Told {
            $0.misbehaviour.lose = 0.4
            $0.misbehaviour.duplicate = 0.3
            $0.misbehaviour.reorder = 0.5
            $0.misbehaviour.late = 0.3
            $0.misbehaviour.changeMind = 0.3
            $0.misbehaviour.ambiguous = 0.1
        }
        try told.live(making: 30)
        #expect(!told.differences.isEmpty)
        told.askAboutEverything()
        #expect(told.differences == [])
        let counters = told.world.counters
        #expect([counters.lost, counters.duplicated, counters.late, counters.reordered].allSatisfy { $0 > 50 })
        #expect(counters.regressed > 10)
    }

    @Test func `all is lost that asking makes good, and nothing else`() throws {
        var told = try Told { $0.misbehaviour.lose = 1 }
        try told.live(making: 20)
        #expect(told.world.counters.lost > told.world.counters.sent)
        // ecommpay does not find a payment of which only a request was rejected.
        let known = told.merchant.payments.filter { $0.key.account == "sandbox-ecommpay" }.values
        #expect(known.allSatisfy { $0.operations.isEmpty && $0.state == .failed })
        told.askAboutEverything()
        #expect(told.differences == [])
    }

    @Test func `what is lost for good is never heard of`() throws {
        var told = try Told {
            $0.misbehaviour.lose = 1
            $0.misbehaviour.losesForGood = true
        }
        try told.live(making: 20)
        #expect(told.world.counters.sent == 0)
        #expect(told.world.groundTruth().payments.allSatisfy { !$0.isAcknowledged })
    }

    @Test func `misbehaviour changes what is sent, not what happens`() throws {
        var (good, bad) = (try Told(), try Told { $0.misbehaviour.lose = 1 })
        try good.live(making: 20)
        try bad.live(making: 20)
        func facts(_ told: Told) -> [String] {
            told.world.groundTruth().payments.map { "\($0.id) \($0.status) \($0.refunded) \($0.operations)" }
        }
        #expect(facts(good) == facts(bad))
    }

    @Test func `a callback comes again until it is answered 200`() throws {
        var told = try Told { $0.lives = [.paid: 1, .refunded: 1] }
        var attempts: [[UInt8]: Int] = [:]
        try told.live(making: 10) { callback in
            attempts[callback.body, default: 0] += 1
            let deliveries = [Delivery.unanswered, .answered(status: 503), .answered(status: 201)]
            return attempts[callback.body, default: 0] <= 3
                ? deliveries[attempts[callback.body, default: 1] - 1] : .answered(status: 200)
        }
        #expect(Set(attempts.values) == [4])
        #expect(told.differences == [])
        let counters = told.world.counters
        #expect(counters.acknowledged * 3 == counters.refused + counters.unanswered)
    }

    @Test func `a gateway gives up on a token that expired after three times`() throws {
        var told = try Told { $0.lives = [.abandoned: 1] }
        var attempts: [String: Int] = [:]
        try told.live(making: 10) { callback in
            attempts[callback.subject, default: 0] += 1
            return callback.account == 0 ? .answered(status: 200) : .unanswered
        }
        let tokens = told.world.groundTruth().checkouts
        #expect(tokens.map { attempts[$0.token] } == tokens.map { _ in 3 })
        #expect(told.world.counters.givenUp == tokens.count)
    }

    @Test func `an outage keeps callbacks and answers back until it is over`() throws {
        var told = try Told { $0.lives = [.paid: 1] }
        try told.pass()
        told.world.misbehaviour.outage = true
        let created = try #require(told.created.first)
        #expect(
            told.merchant.ask(about: created.entity, at: created.account, &told.world, at: told.now) == .unavailable
        )
        #expect(told.world.nextCallback(at: told.now + .seconds(60)) == nil)
        told.world.misbehaviour.outage = false
        try told.live(making: 0)
        #expect(told.differences == [])
    }

    @Test(arguments: [("rate_limit", StatusResult.rateLimited), ("fail", .unavailable), ("foreign", .foreign)])
    func `endpoints misbehave as they are told`(_ name: String, _ expected: StatusResult) throws {
        var told = try Told()
        try told.live(making: 10)
        try told.world.misbehave(name)
        for payment in told.world.groundTruth().payments where !payment.operations.isEmpty {
            let entity = Entity.payment(id: payment.id)
            #expect(told.merchant.ask(about: entity, at: payment.account, &told.world, at: told.now) == expected)
        }
        #expect(told.world.counters.misanswered > 0)
    }

    @Test(
        arguments: [
            ("rubbish", .unavailable), ("unsigned", .undecodable("the signature is missing or wrong")),
        ] as [(String, StatusResult)]
    )
    func `rubbish and answers without a signature prove nothing`(_ name: String, expected: StatusResult) throws {
        var told = try Told { $0.lives = [.paid: 1] }
        try told.live(making: 10)
        try told.world.misbehave(name)
        for payment in told.world.groundTruth().payments where payment.account == "sandbox-ecommpay" {
            let entity = Entity.payment(id: payment.id)
            let reading = told.merchant.ask(about: entity, at: payment.account, &told.world, at: told.now)
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
