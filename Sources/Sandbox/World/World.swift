import Gateways
package import Payments

/// Everything that exists at the gateways, what is going to happen to it, and the callbacks to be sent.
///
/// It is a value without a clock: its owner passes it the time, and takes out the callbacks that are due.
package struct World {
    /// The name of an entity at an account.
    struct Name: Hashable {
        let account: Int
        let id: String
    }

    /// The longest gap between payments, in seconds: a year.
    private static let longestGap = 365 * 86_400.0

    private struct ScheduledEvent {
        let entry: Int
        let event: Event
        let portion: AmountShare
    }

    let settings: SandboxSettings
    package var misbehaviour: Misbehaviour
    package internal(set) var counters = Counters()
    /// Whether payments are created by themselves, at the rate of the settings.
    package var isMaking = true
    var entries: [Int: Entry] = [:]
    private var numbers: [Name: Int] = [:]
    private var agenda = EventQueue<ScheduledEvent>()
    private var finished = EventQueue<Int>()
    var outbox = EventQueue<OutgoingCallback>()
    /// Callbacks that were taken out, but whose delivery is not known yet.
    var underWay = 0
    private var nextMaking: Timestamp?
    private var maker: SeededGenerator

    package init(_ settings: SandboxSettings) {
        self.settings = settings
        misbehaviour = settings.misbehaviour
        maker = SeededGenerator(seed: settings.seed, stream: -1)
    }

    /// Whether nothing is going to happen by itself.
    package var isQuiet: Bool { agenda.isEmpty && outbox.isEmpty && underWay == 0 && !makesByItself }

    private var makesByItself: Bool { isMaking && settings.rate > 0 && !settings.accounts.isEmpty }

    /// How many payments, purchases and subscriptions are kept.
    package var memory: Int { entries.count }

    /// Runs all events that are due. Returns the numbers of the payments created.
    package mutating func advance(to now: Timestamp) -> [Int] {
        let created = makeDue(at: now)
        while let (at, appointment) = agenda.pop(dueAt: now) {
            entries[appointment.entry]?.steps -= 1
            do {
                try happen(appointment.event, appointment.portion, to: appointment.entry, at: at)
            } catch {
                // A step that has become impossible, because of a person or of misbehaviour, is left out.
                rest(appointment.entry, at: at)
            }
        }
        return created
    }

    subscript(name: Name) -> Entry? { numbers[name].flatMap { entries[$0] } }

    package func groundTruth() -> GroundTruth {
        var groundTruth = GroundTruth()
        for entry in entries.values.sorted(by: { $0.number < $1.number }) {
            let account = settings.accounts[entry.account].name
            entry.resource.tell(&groundTruth, account: account) { entry.acknowledged.contains($0) }
        }
        return groundTruth
    }

    // MARK: Creating payments

    /// Creates the payments that are due, unevenly spread, and none while too much waits to be sent.
    private mutating func makeDue(at now: Timestamp) -> [Int] {
        guard makesByItself, outbox.count < settings.waiting else {
            nextMaking = nil
            return []
        }
        var created: [Int] = []
        // After a pause (a suspended machine, a full outbox), missed payments are not made up for.
        var next = max(nextMaking ?? now, now - .seconds(1))
        while next <= now {
            created.append(makeOne(at: next))
            let gap = Double.random(in: 0.5...1.5, using: &maker) / settings.rate
            next = next + max(.milliseconds(1), .seconds(min(gap, Self.longestGap)))
        }
        nextMaking = next
        return created
    }

    private mutating func makeOne(at now: Timestamp) -> Int {
        var chance = SeededGenerator(seed: settings.seed, stream: counters.created)
        let account = Int.random(in: 0..<settings.accounts.count, using: &chance)
        let life = Life.drawn(from: settings.lives, by: &chance)
        let keys = settings.accounts[account].keys
        var order = Order.drawn(for: life, at: keys, reference: newReference(), by: &chance)
        if chance.happens(misbehaviour.ambiguous) { order.description += ";payment:gift:1" }
        order.omitsAmounts = chance.happens(misbehaviour.omitAmounts)
        order.isTest = !settings.isReal
        return add(order, at: account, life: life, now, chance)
    }

    /// A reference that no other payment of this sandbox has; another seed gives other references.
    func newReference() -> String {
        var chance = SeededGenerator(seed: settings.seed)
        return "order-\(chance.hexadecimal(6))-\(counters.created + 1)"
    }

    /// Creates a payment, and schedules its life.
    ///
    /// - Parameter waitsForBuyer: whether a payment without a life begins only when a buyer pays on the gateway's page.
    mutating func add(
        _ order: Order,
        at account: Int,
        life: Life?,
        _ now: Timestamp,
        _ chance: SeededGenerator,
        waitsForBuyer: Bool = false
    ) -> Int {
        var (order, chance) = (order, chance)
        order.validity = settings.scaled(order.validity)
        let beginning = waitsForBuyer || order.usesCheckout ? [] : [Step(event: .begin, after: 0...0)]
        let steps: [Step]
        let resource: any GatewayResource
        switch settings.accounts[account].keys {
        case .ecommpay(let projectID, _):
            resource = EcommpayPayment(projectID: projectID, order: order, at: now)
            steps = life?.stepsAtEcommpay ?? beginning
        case .ecomcharge(let shopID, _, _):
            resource =
                life == .subscribed
                ? ShopSubscription(shopID: shopID, order: order, at: now, by: &chance)
                : ShopPurchase(shopID: shopID, order: order, at: now, by: &chance)
            steps = life?.stepsAtEComCharge ?? beginning
        }
        counters.created += 1
        let number = counters.created
        var at = now
        entries[number] = Entry(
            number: number,
            account: account,
            life: life,
            callbackURL: order.urls.callbacks,
            resource: resource,
            chance: chance
        )
        for step in steps {
            let isTaken = chance.happens(step.share)
            let pause = chance.seconds(step.after)
            guard isTaken else { continue }
            at = at + settings.scaled(pause)
            appoint(step.event, step.portion, for: number, at: at)
        }
        entries[number]?.chance = chance
        name(number)
        return number
    }

    // MARK: Events

    /// Makes an event happen to a payment now, and posts what the gateway reports.
    ///
    /// - Parameter isReported: whether a callback is sent about it; not about an attempt that is concluded at once.
    mutating func happen(
        _ event: Event,
        _ portion: AmountShare,
        to number: Int,
        at now: Timestamp,
        isReported: Bool = true
    ) throws(InvalidStep) {
        guard var entry = entries[number] else { throw InvalidStep(reason: "the payment is forgotten") }
        let outcome = try entry.resource.happen(event, portion, at: now, by: &entry.chance)
        counters.events += 1
        if event == .regress || event == .misreport { counters.regressed += 1 }
        if isReported, let draft = outcome.draft { post(draft, about: &entry, at: now) }
        let changesItsMind = entry.chance.happens(misbehaviour.changeMind)
        let second = entry.chance.happens(0.5) ? Event.misreport : .regress
        let pause = entry.chance.seconds(20...200)
        entry.finishedAt = nil
        entries[number] = entry
        name(number)
        if let (after, next) = outcome.next {
            appoint(next, .rest, for: number, at: now + settings.scaled(after))
        } else if changesItsMind, event == .succeed || event == .capture, entry.steps == 0 {
            appoint(second, .rest, for: number, at: now + settings.scaled(pause))
        }
        rest(number, at: now)
    }

    mutating func appoint(_ event: Event, _ portion: AmountShare, for number: Int, at time: Timestamp) {
        entries[number]?.steps += 1
        agenda.insert(ScheduledEvent(entry: number, event: event, portion: portion), at: time)
    }

    private mutating func name(_ number: Int) {
        guard let entry = entries[number] else { return }
        for id in entry.resource.names { numbers[Name(account: entry.account, id: id)] = number }
    }

    // MARK: Forgetting

    /// Marks a payment as finished if nothing more is to come, and forgets those that finished first.
    mutating func rest(_ number: Int, at now: Timestamp) {
        guard let entry = entries[number], entry.steps == 0, entry.callbacks == 0 else { return }
        entries[number]?.finishedAt = now
        finished.insert(number, at: now)
        while finished.count > settings.remembered, let (at, number) = finished.pop(dueAt: now) {
            // It may have been resumed since, and finished again.
            guard let entry = entries[number], entry.finishedAt == at else { continue }
            for id in entry.resource.names { numbers[Name(account: entry.account, id: id)] = nil }
            entries[number] = nil
        }
    }
}

/// A payment that was created, as the merchant that requested it knows it: enough to watch it.
package struct CreatedPayment: Sendable {
    package let account: String
    package let entity: Entity
    package let reference: String?
    package let amount: Int64
    package let currency: String
}

extension World {
    /// - Returns: nil if it has been forgotten already.
    package func created(_ number: Int) -> CreatedPayment? {
        guard let entry = entries[number] else { return nil }
        return CreatedPayment(
            account: settings.accounts[entry.account].name,
            entity: entry.resource.entity,
            reference: entry.resource.reference,
            amount: entry.resource.amount,
            currency: entry.resource.currency
        )
    }
}

/// What a sandbox has done since it started.
package struct Counters: Sendable, Equatable {
    /// Payments, purchases and subscriptions that were created.
    package var created = 0
    /// Events that happened to them.
    package var events = 0
    /// Requests with a callback.
    package var sent = 0
    /// Callbacks that were answered with 200.
    package var acknowledged = 0
    /// Callbacks that were answered with another status.
    package var refused = 0
    /// Callbacks that were not answered.
    package var unanswered = 0
    /// Callbacks that were never sent, because of misbehaviour.
    package var lost = 0
    package var duplicated = 0
    package var reordered = 0
    package var late = 0
    /// Successes that were taken back unmarked.
    package var regressed = 0
    /// Callbacks that were sent for the last time without success.
    package var givenUp = 0
    /// Requests to the status endpoints.
    package var statusRequests = 0
    /// Status requests that were answered badly, because of misbehaviour.
    package var misanswered = 0
}
