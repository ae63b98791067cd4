import Payments
import Sandbox
import Testing

/// A world in a time of its own, and the merchant who is told of it.
struct Told {
    var world: World
    var merchant: Merchant
    private(set) var made: [Made] = []
    /// The bodies that were sent, in their order.
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

    /// Lets the world make payments for some seconds, and live until it is quiet.
    mutating func live(
        making seconds: Int,
        step: Duration = .seconds(1),
        delivery: (Letter) -> Delivery = { _ in .answered(status: 200) }
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

    /// Lets happen, and delivers, what is due.
    mutating func pass(_ delivery: (Letter) -> Delivery = { _ in .answered(status: 200) }) throws {
        for number in world.advance(to: now) {
            if let one = world.made(number) { made.append(one) }
        }
        while let letter = world.nextLetter(at: now) {
            bodies.append(letter.body)
            let delivery = delivery(letter)
            if delivery == .answered(status: 200) { try merchant.receive(letter, at: now) }
            world.note(delivery, of: letter, at: now)
        }
    }

    /// Lets the merchant ask about all that he made and all that he heard of.
    mutating func askAboutEverything() {
        // What an answer tells of may be asked about in turn.
        for _ in 0..<2 { merchant.askAboutEverything(made, &world, at: now) }
    }

    /// Where the merchant's books differ from the truth, in words.
    var differences: [String] {
        let truth = world.truth()
        return truth.payments.flatMap { merchant.differences(from: $0) }
            + truth.checkouts.flatMap { merchant.differences(from: $0) }
            + truth.subscriptions.flatMap { merchant.differences(from: $0) }
    }
}

extension Merchant {
    fileprivate func differences(from truth: Truth.Payment) -> [String] {
        guard let payment = payments[Name(account: truth.account, id: truth.id)] else {
            return ["\(truth.id) is \(truth.state), and not known"]
        }
        var differences: [String] = []
        func compare<Fact: Equatable>(_ what: String, _ own: Fact, _ other: Fact) {
            if own != other { differences.append("\(truth.id): \(what) is \(other), and recorded as \(own)") }
        }
        compare("state", payment.state, truth.state)
        compare("status", payment.tracked.status.word, truth.status)
        compare(
            "amount",
            payment.tracked.amounts.amount,
            truth.state == .failed && truth.operations.isEmpty ? nil : truth.amount
        )
        compare("refunded", payment.totals.refunded, truth.refunded)
        compare("operations", Set(payment.operations.map(\.id)), Set(truth.operations.map(\.id)))
        for operation in truth.operations {
            guard let own = payment.operations.first(where: { $0.id == operation.id }) else { continue }
            compare("\(operation.type)'s state", own.state, operation.state)
            compare("\(operation.type)'s status", own.tracked.status.word, operation.status)
            compare("\(operation.type)'s amount", own.amount, operation.amount)
            compare("\(operation.type)'s parent", own.parentID, operation.parentID)
        }
        return differences
    }

    /// A token of which nothing came is not known, and need not be.
    fileprivate func differences(from truth: Truth.Checkout) -> [String] {
        guard let checkout = checkouts[Name(account: truth.account, id: truth.token)] else {
            return truth.isAcknowledged ? ["token \(truth.token) is not known"] : []
        }
        let own = checkout.tracked.status.state
        return own == truth.state ? [] : ["token \(truth.token) is \(truth.state), and recorded as \(own)"]
    }

    fileprivate func differences(from truth: Truth.Subscription) -> [String] {
        let own = subscriptions[Name(account: truth.account, id: truth.id)]?.tracked.status.word
        return own == truth.status ? [] : ["\(truth.id) is \(truth.status), and recorded as \(own ?? "nothing")"]
    }
}
