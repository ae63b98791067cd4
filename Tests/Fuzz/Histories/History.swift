import Daemon
import Foundation
import Gateways
import Ledger
import Payments
package import TestSupport

/// A whole history of two accounts in a real ledger: callbacks and answers with extreme numbers and times, a clock that
/// jumps, schedules at their limits, instructions, restarts and prunings. The seed decides everything.
package struct History {
    private let folder: TemporaryFolder
    private let accounts: [MerchantAccount]
    private var bodies: BodyGenerator
    private var schedule: PollSchedule
    private var isToRestart = false

    /// - Parameter folder: where the ledger is created; it must exist.
    package init(seed: UInt64, in folder: TemporaryFolder) throws {
        self.folder = folder
        accounts = [try .ecommpay(), try .ecomcharge()]
        bodies = BodyGenerator(chance: SplitMix(seed: seed), now: Timestamp(milliseconds: 0))
        bodies.now = Timestamp(milliseconds: bodies.pick(Self.beginnings))
        schedule = bodies.schedule()
    }

    /// The starting times: mostly the present; also 1970, the last day that has a text form, and the end of 64-bit
    /// nanoseconds.
    private static let beginnings: [Int64] = [
        1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_000, 0, 253_402_300_799_000, 9_223_372_036_854,
    ]

    /// Creates a folder for a history: in memory, if there is such a place, because this does not test the disk.
    package static func folder() throws -> TemporaryFolder {
        let memory = URL(filePath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        return try TemporaryFolder(in: isThere ? memory : FileManager.default.temporaryDirectory)
    }

    /// Runs that many steps, and closes the ledger.
    package mutating func run(steps: Int) async throws {
        var left = steps
        repeat {
            left -= try await run(atMost: left)
            schedule = bodies.schedule()
        } while left > 0
    }

    /// Runs steps until the daemon restarts.
    ///
    /// - Returns: how many steps it took.
    private mutating func run(atMost steps: Int) async throws -> Int {
        let ledger = try await open()
        try await ledger.recall(by: schedule, at: bodies.now)
        var taken = 0
        isToRestart = false
        while taken < steps, !isToRestart {
            bodies.now = bodies.now + .milliseconds(bodies.pick(Self.pauses))
            try await step(ledger)
            taken += 1
        }
        try await ledger.finish()
        return taken
    }

    private func open() async throws -> Ledger {
        // The previous ledger may be released a moment after it was closed.
        for _ in 0..<200 {
            do {
                return try makeLedger()
            } catch {
                guard case .isLocked = error else { throw error }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        return try makeLedger()
    }

    private func makeLedger() throws(LedgerError) -> Ledger {
        try Ledger(
            at: .file(path: folder.database),
            accounts: accounts.map(\.inLedger),
            schedule: schedule,
            quota: RejectionQuota(rows: 20, bytes: 20_000, age: .seconds(86_400)),
            capacity: 100
        )
    }

    private static let pauses: [Int64] = [
        0, 0, 1, 900, 5000, 40_000, 600_000, 86_400_000, 40 * 86_400_000, -1, -3_600_000, 3_650 * 86_400_000,
    ]

    private mutating func step(_ ledger: Ledger) async throws {
        switch Int.random(in: 0..<100, using: &bodies.chance) {
        case 0..<50: try await callBack(ledger)
        case 50..<80: try await ask(ledger)
        case 80..<88: await instruct(ledger)
        case 88..<90: isToRestart = true
        case 90..<92: try await keepHouse(ledger)
        default: refuse(ledger)
        }
    }

    // MARK: Events

    private mutating func callBack(_ ledger: Ledger) async throws {
        let account = bodies.pick(accounts)
        let body =
            account.isFolded
            ? bodies.ecomcharge()
            : bodies.ecommpay(about: bodies.pick(BodyGenerator.ecommpayPayments), isAnswer: false)
        try await callBack(body, to: account, ledger)
        if bodies.pick([true, false, false, false]) { try await callBack(body, to: account, ledger) }
    }

    private func callBack(_ body: String, to account: MerchantAccount, _ ledger: Ledger) async throws {
        guard let callback = account.prove(Array(body.utf8)) else { return }
        let receipt = ReceivedCallback(
            of: callback,
            provedAs: try account.gateway.authenticate(callback),
            by: account.gateway,
            account: account.name,
            receivedAt: bodies.now,
            remoteAddress: "192.0.2.1"
        )
        _ = try await ledger.record(receipt)
    }

    private mutating func ask(_ ledger: Ledger) async throws {
        let account = bodies.pick(accounts)
        let isProbe = Bool.random(using: &bodies.chance)
        guard
            case .poll(let poll) = try await ledger.due(
                of: account.name,
                besides: [],
                isProbe: isProbe,
                at: bodies.now
            )
        else { return }
        let askedAt = bodies.now
        if bodies.pick([true, false, false]) { try await callBack(ledger) }
        bodies.now = bodies.now + .milliseconds(bodies.pick([0, 40, 2000, -5000]))
        let asked = account.gateway.statusRequests(
            about: poll.entity,
            method: poll.method,
            remembered: poll.endpoint
        ).first.map { request in
            let answer = bodies.answer(about: poll.entity, from: account)
            return PollAttempt(
                request,
                at: askedAt,
                answer: answer,
                at: bodies.now,
                result: account.gateway.read(answer, about: poll.entity),
                retryAfter: bodies.pick(Self.retryAfter)
            )
        }
        let answer = PollRecord(
            to: poll,
            asked,
            pause: asked?.retryAfter ?? .zero,
            askedAt: askedAt,
            recordedAt: bodies.now
        )
        try await record(answer, ledger)
    }

    /// Records like the daemon: an answer that the ledger cannot record as a report is recorded as undecodable.
    private func record(_ answer: PollRecord, _ ledger: Ledger) async throws(RecordingError) {
        do {
            _ = try await ledger.record(answer)
        } catch .isRefused {
            _ = try await ledger.record(answer.asUndecodable("the answer does not fit into the ledger"))
        }
    }

    private static let retryAfter: [String?] = [
        nil, "0", "7", "99999999999999999999999", "-9223372036854775808", "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sat, 01 Jan 0000 00:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:60 1994", "1e9",
    ]

    private mutating func instruct(_ ledger: Ledger) async {
        let account = bodies.pick(accounts)
        let entity: Entity =
            account.isFolded
            ? bodies.pick([
                .payment(id: bodies.pick(BodyGenerator.uids)), .checkout(token: bodies.pick(BodyGenerator.tokens)),
                .subscription(id: bodies.pick(BodyGenerator.subscriptions)),
            ])
            : .payment(id: bodies.pick(BodyGenerator.ecommpayPayments))
        let expectation = Expectation(
            reference: bodies.pick([nil, "cart-1", "cart-3"]),
            amount: bodies.pick([nil, .min, -1, 0, 500, 5200, .max]),
            currency: bodies.pick([nil, "EUR", "JPY"])
        )
        let instruction = Instruction(
            account: account.name,
            entity: entity,
            command: bodies.pick([.watch(expectation), .poll]),
            givenAt: bodies.now
        )
        // An unknown entity cannot be polled, and an anomaly that does not exist cannot be closed.
        _ = try? await ledger.instruct(instruction)
        _ = try? await ledger.acknowledge(bodies.pick([1, 2, 5, 9, .max, .min]), note: "cleared up", at: bodies.now)
    }

    private mutating func keepHouse(_ ledger: Ledger) async throws {
        let reader = try LedgerReader(at: .file(path: folder.database))
        try await ledger.tallyHours(at: bodies.now, reading: reader)
        try await ledger.probe(at: bodies.now)
        let age = bodies.pick([Duration.zero, .seconds(86_400), .seconds(36_500 * 86_400)])
        let rule = RetentionPolicy(bodies: age, rejected: RejectionQuota(rows: 5, bytes: .max, age: age))
        // A clock that has jumped is observed for a while before it is believed.
        for _ in 0..<4 where try await ledger.doubtClock(at: bodies.now) != nil {
            bodies.now = bodies.now + .seconds(20 * 3600)
        }
        do {
            _ = try await ledger.prune(by: rule, pause: .zero, at: bodies.now)
        } catch is ClockDoubt {}
    }

    private mutating func refuse(_ ledger: Ledger) {
        _ = ledger.refuse(
            RejectedRequest(
                account: bodies.pick(accounts).name,
                body: Array("rubbish".utf8),
                receivedAt: bodies.now,
                remoteAddress: nil,
                reason: "forged",
                signature: nil
            )
        )
    }
}

extension BodyGenerator {
    /// The response to a poll: most of the time an answer about the polled entity.
    fileprivate mutating func answer(about entity: Entity, from account: MerchantAccount) -> StatusResponse {
        let body: String =
            switch entity {
            case .payment(let id), .operation(let id):
                account.isFolded ? transaction(id) : ecommpay(about: id, isAnswer: true)
            case .checkout(let token): checkout(token)
            case .subscription(let id): subscription(id)
            }
        let proved = account.prove(Array(body.utf8))?.body ?? Array(body.utf8)
        let status = pick([
            200, 200, 200, 200, 200, 200, 200, 204, 302, 400, 401, 404, 408, 429, 500, 999, 0, .max, .min,
        ])
        return StatusResponse(status: status, body: pick([proved, proved, proved, proved, Array("rubbish".utf8), []]))
    }

    /// A schedule that the configuration allows.
    fileprivate mutating func schedule() -> PollSchedule {
        let (short, long) = (Duration.milliseconds(1), Duration.seconds(36_500 * 86_400))
        return PollSchedule(
            firstAfter: pick([.zero, .seconds(60), long]),
            steps: pick([[.seconds(60)], [short], [long], [short, .seconds(60), long]]),
            giveUpAfter: pick([short, .seconds(86_400), long]),
            authorizedEvery: pick([short, .seconds(3600), long]),
            secondLook: pick([.zero, .seconds(86_400), long]),
            audit: pick([[], [short, long], [.seconds(7 * 86_400)]])
        )
    }
}
