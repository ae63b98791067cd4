import Payments
import Sandbox
import Testing

/// A world with its own clock, and the merchant to whom it sends callbacks.
struct Simulation {
    var world: World
    var merchant: Merchant
    private(set) var created: [CreatedPayment] = []
    /// The sent bodies, in order.
    private(set) var bodies: [[UInt8]] = []
    private(set) var now = Timestamp(milliseconds: 1_800_000_000_000)

    init(checksSignatures: Bool = false, _ adapt: (inout SandboxSettings) -> Void = { _ in }) throws {
        var settings = SandboxSettings(
            accounts: [.ecommpay(callbacks: "http://m/e"), try .ecomcharge(callbacks: "http://m/c")],
            seed: 11
        )
        settings.rate = 4
        adapt(&settings)
        world = World(settings)
        merchant = try Merchant(settings.accounts, checksSignatures: checksSignatures)
    }

    /// Lets the world create payments for some seconds, and runs it until it is quiet.
    mutating func live(
        making seconds: Int,
        step: Duration = .seconds(1),
        delivery: (OutgoingCallback) -> Delivery = { _ in .answered(status: 200) }
    ) throws {
        let end = now + .seconds(seconds)
        let bound = now + .seconds(3 * 86_400)
        while now < bound {
            if now >= end { world.isMaking = false }
            try pass(delivery)
            if world.isQuiet { return }
            now = now + step
        }
        Issue.record("it never became quiet")
    }

    /// Runs the events that are due, and delivers their callbacks.
    mutating func pass(_ delivery: (OutgoingCallback) -> Delivery = { _ in .answered(status: 200) }) throws {
        for number in world.advance(to: now) {
            if let one = world.created(number) { created.append(one) }
        }
        while let callback = world.nextCallback(at: now) {
            bodies.append(callback.body)
            let delivery = delivery(callback)
            if delivery == .answered(status: 200) { try merchant.receive(callback, at: now) }
            world.note(delivery, of: callback, at: now)
        }
    }

    /// Lets the merchant poll one entity.
    mutating func poll(_ entity: Entity, at account: String) -> StatusResult? {
        merchant.poll(about: entity, at: account, &world, at: now)
    }

    /// Lets the merchant poll everything that it created or heard of.
    mutating func pollEverything() {
        // Entities named in an answer may be polled in turn.
        for _ in 0..<2 { merchant.pollEverything(created, &world, at: now) }
    }

    /// The differences between the merchant's books and the ground truth, in words.
    var differences: [String] {
        let groundTruth = world.groundTruth()
        return groundTruth.payments.flatMap { merchant.differences(from: $0) }
            + groundTruth.checkouts.flatMap { merchant.differences(from: $0) }
            + groundTruth.subscriptions.flatMap { merchant.differences(from: $0) }
    }
}

extension Merchant {
    fileprivate func differences(from groundTruth: GroundTruth.Payment) -> [String] {
        guard let payment = payments[Name(account: groundTruth.account, id: groundTruth.id)] else {
            return ["\(groundTruth.id) is \(groundTruth.state), and not known"]
        }
        var differences: [String] = []
        func compare<Fact: Equatable>(_ what: String, _ own: Fact, _ other: Fact) {
            if own != other { differences.append("\(groundTruth.id): \(what) is \(other), and recorded as \(own)") }
        }
        compare("state", payment.state, groundTruth.state)
        compare("status", payment.tracked.status.word, groundTruth.status)
        compare(
            "amount",
            payment.tracked.amounts.amount,
            groundTruth.state == .failed && groundTruth.operations.isEmpty ? nil : groundTruth.amount
        )
        compare("refunded", payment.totals.refunded, groundTruth.refunded)
        compare("operations", Set(payment.operations.map(\.id)), Set(groundTruth.operations.map(\.id)))
        for operation in groundTruth.operations {
            guard let own = payment.operations.first(where: { $0.id == operation.id }) else { continue }
            compare("\(operation.type)'s state", own.state, operation.state)
            compare("\(operation.type)'s status", own.tracked.status.word, operation.status)
            compare("\(operation.type)'s amount", own.amount, operation.amount)
            compare("\(operation.type)'s parent", own.parentID, operation.parentID)
        }
        return differences
    }

    /// A token without an acknowledged callback may be unknown to the merchant.
    fileprivate func differences(from groundTruth: GroundTruth.Checkout) -> [String] {
        guard let checkout = checkouts[Name(account: groundTruth.account, id: groundTruth.token)] else {
            return groundTruth.isAcknowledged ? ["token \(groundTruth.token) is not known"] : []
        }
        let own = checkout.tracked.status.state
        return own == groundTruth.state
            ? [] : ["token \(groundTruth.token) is \(groundTruth.state), and recorded as \(own)"]
    }

    fileprivate func differences(from groundTruth: GroundTruth.Subscription) -> [String] {
        let own = subscriptions[Name(account: groundTruth.account, id: groundTruth.id)]?.tracked.status.word
        return own == groundTruth.status
            ? [] : ["\(groundTruth.id) is \(groundTruth.status), and recorded as \(own ?? "nothing")"]
    }
}
