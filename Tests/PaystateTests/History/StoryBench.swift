import Ledger
import Narration
import Payments
import TestSupport

/// A real ledger in its own folder, whose history is narrated. Times are seconds from 10:00 on 2026-11-22.
final class StoryBench: Sendable {
    private let bench: LedgerBench

    var ledger: Ledger { bench.ledger }

    init() throws {
        var schedule = PollSchedule.everyMinute
        schedule.giveUpAfter = .seconds(600)
        schedule.authorizedEvery = .seconds(86_400)
        bench = try LedgerBench(
            engine: .file,
            accounts: [
                LedgerAccount(name: "eu-shop", gateway: "ecommpay", isFolded: false),
                LedgerAccount(name: "by-shop", gateway: "ecomcharge", isFolded: true),
            ],
            schedule: schedule
        )
    }

    /// The path of the database, for the commands that read it.
    var database: String { bench.path }

    static func time(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: 1_795_341_600_000 + Int64(seconds * 1000))
    }

    func callback(
        _ content: ReceivedCallback.Content,
        at seconds: Double,
        account: String = "eu-shop",
        verdict: Verdict = .valid,
        reverified: Double? = nil
    ) async throws {
        _ = try await ledger.record(
            ReceivedCallback(
                account: account,
                body: [],
                digest: LedgerBench.digest(Array("\(content)".utf8)),
                receivedAt: Self.time(seconds),
                reverifiedAt: reverified.map(Self.time),
                remoteAddress: "10.0.0.1",
                verdict: verdict,
                form: account == "eu-shop" ? "natural" : "basic",
                keyID: account,
                content: content
            )
        )
    }

    /// Makes the poll that is due, and records its result.
    func answer(
        _ result: StatusResult,
        pause: Duration = .zero,
        asked: Double,
        after seconds: Double = 0.2,
        http: Int? = 200,
        detail: String? = nil,
        account: String = "eu-shop",
        meanwhile: () async throws -> Void = {}
    ) async throws {
        let due = try await ledger.due(of: account, besides: [], at: Self.time(asked))
        guard case .poll(let poll) = due else { throw NothingDue() }
        try await meanwhile()
        _ = try await ledger.record(
            PollRecord(
                poll: poll,
                result: result,
                pause: pause,
                askedAt: Self.time(asked),
                answeredAt: http == nil ? nil : Self.time(asked + seconds),
                recordedAt: Self.time(asked + seconds),
                httpStatus: http,
                endpoint: http == nil ? nil : "payment/status",
                body: nil,
                digest: nil,
                detail: detail
            )
        )
    }

    func instruct(_ command: Instruction.Command, _ entity: Entity, at seconds: Double, account: String = "eu-shop")
        async throws
    {
        let instruction = Instruction(account: account, entity: entity, command: command, givenAt: Self.time(seconds))
        _ = try await ledger.instruct(instruction)
    }

    /// The stories of everything with a name.
    func story(of name: String, at seconds: Double, width: Int = 100, evidence: String? = nil) throws -> String {
        let reader = try LedgerReader(at: .file(path: database))
        return try reader.histories(named: name, account: nil).map { chronicle in
            Story(chronicle, now: Self.time(seconds)).text(of: evidence, width: width, colours: false)
        }.joined(separator: "\n\n\n")
    }

    struct NothingDue: Error {}
}

extension Report {
    /// ecommpay's report on a payment with one operation.
    static func stated(
        _ word: String,
        _ state: State,
        id: String = "ORDER-17",
        operation: String = "501",
        _ kind: OperationKind = .payment,
        type: String = "sale",
        amount: Int64 = 5200,
        at seconds: Double
    ) -> Report {
        var payment = PaymentReport(id: id)
        payment.status = Status(word: word, state: state)
        payment.reference = id
        payment.amount = 5200
        payment.currency = "EUR"
        payment.gatewayTime = StoryBench.time(seconds)
        let operationState: State =
            switch state {
            case .pending: .pending
            case .failed: .failed
            case .authorized, .succeeded, .partiallyRefunded, .refunded, .chargedBack: .succeeded
            case .cancelled, .expired, .unknown: .unknown
            }
        var report = OperationReport(id: operation, kind: kind, status: Status(word: word, state: operationState))
        report.type = type
        report.amount = amount
        report.currency = "EUR"
        report.gatewayTime = payment.gatewayTime
        return Report(payment: payment, operations: [report])
    }

    /// eComCharge's report on a transaction.
    static func transaction(
        _ uid: String,
        _ kind: OperationKind,
        type: String,
        parent: String? = nil,
        word: String = "successful",
        _ state: State = .succeeded,
        amount: Int64 = 500,
        at seconds: Double
    ) -> Report {
        var report = OperationReport(id: uid, kind: kind, status: Status(word: word, state: state))
        report.type = type
        report.parentID = parent
        report.amount = amount
        report.currency = "USD"
        report.gatewayTime = StoryBench.time(seconds)
        var payment: PaymentReport?
        if parent == nil {
            payment = PaymentReport(id: uid)
            payment?.reference = "order-9"
        }
        return Report(payment: payment, operations: [report])
    }
}
