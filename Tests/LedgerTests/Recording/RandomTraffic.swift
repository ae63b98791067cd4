import Ledger
import Payments
import Synchronization
import TestSupport

/// Everything that a ledger may meet, at random: callbacks in any order, merged payments, overtaken polls, failures,
/// instructions, and several of these at the same time.
///
/// The seed decides what is sent, the writer in which order.
struct RandomTraffic {
    let ledger: Ledger
    let library: Library
    private var random: SplitMix
    private var now: Int64 = 1_000_000
    private var count = 0
    /// Polls whose answers are still to come, with the time of each request.
    private var underWay: [(poll: DuePoll, askedAt: Timestamp)] = []

    init(_ ledger: Ledger, _ library: Library, seed: UInt64, from now: Int64 = 1_000_000) {
        self.ledger = ledger
        self.library = library
        random = SplitMix(seed: seed)
        self.now = now
    }

    /// Continues the traffic, and returns the time at its end.
    mutating func run(steps: Int) async throws -> Int64 {
        for _ in 0..<steps {
            now += pick([0, 1, 900, 5000, 40_000, 600_000])
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: try await record(callback())
            case 4: try await crowd()
            case 5..<9: try await ask()
            default:
                _ = try? await ledger.instruct(instruction())  // An unknown entity cannot be polled.
                let anomaly = Int64.random(in: 1...60, using: &random)
                // Nor can an anomaly be closed that does not exist, or twice.
                _ = try? await ledger.acknowledge(anomaly, note: "cleared up", at: time)
            }
        }
        return now
    }

    /// Callbacks as they may wait for one transaction: many about the same, and some of them twice.
    mutating func batch() -> [ReceivedCallback] {
        now += pick([0, 1, 900, 5000, 40_000])
        let callbacks = (0..<pick([1, 4, 12])).map { _ in callback() }
        return (callbacks + callbacks.prefix(pick([0, 1, 3]))).shuffled(using: &random)
    }

    // MARK: Events

    private func record(_ callback: ReceivedCallback) async throws {
        _ = try await ledger.record(callback)
        // The same bytes again change nothing.
        if callback.digest.last.map({ $0 < 64 }) ?? false { _ = try await ledger.record(callback) }
    }

    /// Several callbacks and instructions at the same time.
    private mutating func crowd() async throws {
        let receipts = (0..<6).map { _ in callback() }
        let instructions = (0..<2).map { _ in instruction() }
        try await withThrowingTaskGroup(of: Void.self) { [ledger] group in
            for callback in receipts { group.addTask { _ = try await ledger.record(callback) } }
            for instruction in instructions {
                group.addTask { _ = try? await ledger.instruct(instruction) }  // As above.
            }
            try await group.waitForAll()
        }
    }

    /// Sends a poll, and lets answers arrive: to this one, to an earlier one, or to none for a while.
    private mutating func ask() async throws {
        let account = pick(["ecp", "ecc"])
        let besides = Set(underWay.map(\.poll.id))
        if case .poll(let poll) = try await ledger.due(of: account, besides: besides, at: time) {
            if try await ledger.begin(poll, at: time) { underWay.append((poll, time)) }
        } else {
            now += 30_000
        }
        if Bool.random(using: &random) { try await record(callback()) }
        now += pick([0, 40, 2000])
        if Int.random(in: 0..<40, using: &random) == 0 {
            // The process ends, and starts again.
            _ = try await ledger.recordInterrupted(at: time)
            underWay = []
        }
        while underWay.count > pick([0, 0, 1, 3]) {
            let next = underWay.remove(at: Int.random(in: underWay.indices, using: &random))
            try await answer(next.poll, next.askedAt)
        }
    }

    private mutating func answer(_ poll: DuePoll, _ askedAt: Timestamp) async throws {
        let (result, pause) = result(answering: poll)
        var body: [UInt8]?
        if case .report(let report) = result { body = library.body(name("answer"), saying: .report(report)) }
        let answeredAt = time
        now += pick([0, 0, 3])
        _ = try await ledger.record(
            PollRecord(
                poll: poll,
                result: result,
                pause: pause,
                askedAt: askedAt,
                answeredAt: answeredAt,
                recordedAt: time,
                httpStatus: 200,
                endpoint: pick(["transactions", "payment/status"]),
                body: body,
                digest: nil,
                detail: pick([nil, "a detail"])
            )
        )
    }

    private mutating func callback() -> ReceivedCallback {
        let account = pick(["ecp", "ecc"])
        let report = account == "ecp" ? stated(pick(Self.payments)) : told()
        let (content, verdict): (ReceivedCallback.Content, Verdict) =
            switch Int.random(in: 0..<12, using: &random) {
            case 0: (.undecodable("rubbish", naming: mention(in: account)), .valid)
            case 1 where account == "ecp": (.unproven(report), .ambiguous)
            case 2 where account == "ecp": (.report(report), .ambiguous)
            default: (.report(report), .valid)
            }
        let body = library.body(name("callback"), saying: content)
        return ReceivedCallback(
            account: account,
            body: body,
            digest: (0..<4).flatMap { _ in
                let word = random.next()
                return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
            },
            receivedAt: time,
            remoteAddress: nil,
            verdict: verdict,
            form: account == "ecp" ? "natural" : "basic",
            keyID: "1",
            content: content,
            confirmsMoney: account == "ecp" && verdict == .valid && pick([true, false, false])
        )
    }

    private mutating func mention(in account: String) -> Mention? {
        guard account == "ecc" else { return pick([nil, Mention(paymentID: pick(Self.payments))]) }
        let number = pick([0, 3, 7, 12])
        return pick([
            nil, Mention(paymentID: Self.uids[number]),
            Mention(paymentID: Self.uids[number % 6], operationID: Self.uids[number]),
        ])
    }

    private mutating func instruction() -> Instruction {
        let account = pick(["ecp", "ecc"])
        let entity: Entity =
            account == "ecp"
            ? .payment(id: pick(Self.payments))
            : pick([
                .payment(id: pick(Self.uids)), .payment(id: pick(Self.uids)), .checkout(token: pick(Self.tokens)),
                .subscription(id: pick(Self.subscriptions)),
            ])
        let expectation = Expectation(
            reference: pick([nil, "order-1", "order-2"]),
            amount: pick([nil, 500, 5200]),
            currency: pick([nil, "EUR", "USD"])
        )
        return Instruction(
            account: account,
            entity: entity,
            command: pick([.watch(expectation), .poll]),
            givenAt: time
        )
    }

    private mutating func result(answering poll: DuePoll) -> (StatusResult, pause: Duration) {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return (.notFound, .zero)
        case 1: return (.unauthorized, .zero)
        case 2: return (.rateLimited, .seconds(7))
        case 3: return (.unavailable, .seconds(3))
        case 4: return (.undecodable("a place"), .zero)
        case 5: return (.foreign, .zero)
        default: break
        }
        switch poll.entity {
        case .payment(let id), .operation(let id):
            guard poll.account == "ecc" else { return (.report(stated(id)), .zero) }
            return (.report(transaction(id)), .zero)
        case .checkout(let token): return (.report(checkout(token)), .zero)
        case .subscription(let id): return (.report(subscription(id)), .zero)
        }
    }

    // MARK: Reports

    private static let payments = (0..<8).map { "EP-\($0)" }
    private static let uids = (0..<16).map { "uid-\($0)" }
    private static let tokens = (0..<4).map { "token-\($0)" }
    private static let subscriptions = (0..<3).map { "sbs_\($0)" }
    private static let words: [(String, State)] = [
        ("processing", .pending), ("success", .succeeded), ("decline", .failed), ("expired", .expired),
        ("awaiting capture", .authorized), ("refunded", .refunded), ("whatever", .unknown), ("canceled", .cancelled),
    ]
    private static let operationWords: [(String, State)] = [
        ("pending", .pending), ("successful", .succeeded), ("failed", .failed), ("odd", .unknown),
    ]

    private mutating func stated(_ id: String) -> Report {
        let (word, state) = pick(Self.words)
        var payment = PaymentReport(id: id)
        payment.status = Status(word: word, state: state)
        payment.reference = id
        payment.type = pick([nil, "purchase", "purchase", "payout", "account verification"])
        payment.purpose = payment.type.map {
            ["payout": .payout, "account verification": .verification][$0] ?? .purchase
        }
        payment.amount = pick([5200, 5200, 500, nil, 0, -1])
        payment.currency = pick(["EUR", "EUR", "EUR", "USD", nil])
        payment.gatewayTime = gatewayTime()
        payment.code = pick([nil, "0", "100"])
        let operations = (0..<pick([0, 1, 1, 2])).map { _ in operation("\(pick([1, 2, 3]))") }
        payment.listsOperations = pick([true, false])
        payment.credentials.cardToken = pick([nil, nil, "token-1", "token-2"])
        payment.credentials.recurringID = pick([nil, nil, "recurring-1"])
        return Report(payment: payment, operations: operations)
    }

    /// Anything that eComCharge may report.
    private mutating func told() -> Report {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: checkout(pick(Self.tokens))
        case 1: subscription(pick(Self.subscriptions))
        default: transaction(pick(Self.uids))
        }
    }

    /// A root or a child: which of the two a uid is may not be known from the start, so that payments are merged.
    private mutating func transaction(_ uid: String) -> Report {
        let number = Int(uid.dropFirst("uid-".count)) ?? 0
        let isChild = number >= 6 && pick([true, true, false])
        var report = operation(uid)
        // A refund names the capture, the capture its authorization.
        report.parentID = isChild ? Self.uids[number >= 12 ? number - 6 : number % 6] : nil
        var payment: PaymentReport?
        if !isChild {
            payment = PaymentReport(id: uid)
            payment?.reference = pick([nil, "order-1", "order-3"])
            payment?.checkoutToken = pick([nil, nil, Self.tokens[number % 4]])
            payment?.type = report.type
            payment?.purpose = pick([.purchase, .purchase, .purchase, .transfer])
            payment?.isTest = pick([nil, true, false])
        }
        return Report(payment: payment, operations: [report])
    }

    private mutating func checkout(_ token: String) -> Report {
        let (word, state) = pick(Self.operationWords)
        var checkout = CheckoutReport(
            token: token,
            status: Status(word: word, state: state),
            isFinished: state != .pending,
            isExpired: false
        )
        checkout.reference = pick([nil, "order-1"])
        checkout.amount = pick([500, 700])
        guard Bool.random(using: &random) else { return Report(checkout: checkout) }
        let uid = Self.uids[pick([0, 1, 2])]
        checkout.paymentID = uid
        var payment = PaymentReport(id: uid)
        payment.checkoutToken = token
        return Report(payment: payment, operations: [operation(uid)], checkout: checkout)
    }

    private mutating func subscription(_ id: String) -> Report {
        let (word, state) = pick(Self.operationWords)
        var subscription = SubscriptionReport(id: id, status: Status(word: word, state: state))
        subscription.paymentID = pick([nil, pick(Self.uids)])
        subscription.paidCycles = pick([nil, 1, 2, 3])
        subscription.standing = ["pending": .trial, "successful": .active, "failed": .failed][word] ?? .unknown
        subscription.amount = 500
        return Report(subscription: subscription)
    }

    private mutating func operation(_ id: String) -> OperationReport {
        let (word, state) = pick(Self.operationWords)
        let kind = pick([
            OperationKind.payment, .payment, .authorization, .recurring, .capture, .refund, .refundReversal, .void,
            .chargeback, .payout, .unknown,
        ])
        var report = OperationReport(id: id, kind: kind, status: Status(word: word, state: state))
        report.type = kind.rawValue
        report.amount = pick([500, 500, 200, nil, nil, -7])
        report.currency = pick(["EUR", "EUR", "EUR", "EUR", "USD", nil])
        report.gatewayTime = gatewayTime()
        report.correctedAt = pick([nil, nil, nil, Timestamp(milliseconds: 7000)])
        return report
    }

    // MARK: Random choices

    private var time: Timestamp { Timestamp(milliseconds: now) }

    private mutating func gatewayTime() -> Timestamp? {
        pick([nil, Timestamp(milliseconds: now / 1000 * 1000 - pick([0, 1000, 3000, 90_000]))])
    }

    private mutating func name(_ kind: String) -> String {
        count += 1
        return "\(kind) \(count) \(random.next())"
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }
}
