import GRDB
import Payments

/// Records all evidence of a ledger again, in another ledger, by the rules by which it was first recorded.
struct Replay {
    private let stored: Database
    private let derived: Database
    private let read: BodyReader
    private let accounts: [Int64: (name: String, gateway: String)]
    private let statements: any Statements
    private let copies: [EvidenceID.Source: RowCopy]
    private let transitions: RowCopy
    private var hasKept = false
    private(set) var findings = RebuildReport()
    /// Evidence up to this time was recorded before schedules were: what it planned cannot be derived.
    private(set) var untimedUntil: Timestamp?

    /// How many rows are written in one transaction.
    private static let batch = 5000

    init(from stored: Database, to derived: Database, reading read: @escaping BodyReader) throws {
        self.stored = stored
        self.derived = derived
        self.read = read
        statements = StatementCache(derived)
        var accounts: [Int64: (name: String, gateway: String)] = [:]
        for row in try GRDB.Row.fetchAll(stored, sql: "SELECT id, name, gateway FROM main.account") {
            accounts[row[0]] = (name: row[1], gateway: row[2])
        }
        self.accounts = accounts
        copies = [
            .callback: try RowCopy(of: "callback", from: stored, to: derived),
            .poll: try RowCopy(of: "poll", from: stored, to: derived),
            .operator: try RowCopy(of: "instruction", from: stored, to: derived),
        ]
        transitions = try RowCopy(of: "transition", from: stored, to: derived, without: "seq")
    }

    /// - Parameter progress: called now and then with how much evidence has been recorded.
    mutating func run(progress: (Int) -> Void) throws {
        try derived.beginTransaction()
        try RowCopy(of: "account", from: stored, to: derived).copy(where: "TRUE")
        hasKept = try PrunedEntities.find(in: stored)
        if hasKept { try PrunedEntities.copy(from: stored, to: derived) }
        try PrunedEntities.copyLoneAnomalies(from: stored, to: derived)
        try PrunedEntities.copyTokens(from: stored, to: derived)
        findings.folded = try PrunedEntities.payments(in: stored)

        let rows = try AccountRows([], in: statements)
        var schedules = try ScheduleRows.all(in: StatementCache(stored))[...]
        var transaction = try LedgerTransaction(
            statements: statements,
            accounts: rows,
            schedule: schedules.first?.schedule ?? .unknown,
            rejections: RejectedRows()
        )
        var isTimed = false
        var evidences = try EvidenceSequence(in: stored)
        var count = 0
        while let evidence = try evidences.next() {
            while let next = schedules.first, next.position.precedes(evidence) {
                transaction = try LedgerTransaction(
                    statements: statements,
                    accounts: rows,
                    schedule: next.schedule,
                    rejections: RejectedRows()
                )
                schedules.removeFirst()
                isTimed = true
            }
            if !isTimed { untimedUntil = max(untimedUntil ?? evidence.at, evidence.at) }
            do {
                try record(evidence, in: &transaction)
            } catch let error as DatabaseError where [.SQLITE_FULL, .SQLITE_IOERR].contains(error.resultCode) {
                throw error  // It says nothing about the evidence.
            } catch {
                let reason = (error as? DatabaseError)?.reason ?? "\(error)"
                throw RebuildError.isNotDerivable(evidence: evidence.name, reason: reason)
            }
            count += 1
            if count.isMultiple(of: Self.batch) {
                try derived.commit()
                progress(count)
                try derived.beginTransaction()
            }
        }
        if hasKept { try PrunedFold.run(from: stored, on: derived) }
        try derived.commit()
        progress(count)
    }

    private mutating func record(_ evidence: RecordedEvidence, in transaction: inout LedgerTransaction) throws {
        switch evidence {
        case .callback: findings.callbacks += 1
        case .answer: findings.answers += 1
        case .instruction: findings.instructions += 1
        }
        guard !evidence.isKept else {
            try keep(evidence)
            return transaction.forgetNumbers()
        }
        transaction.knownNumber = evidence.number
        switch evidence {
        case .callback(let callback):
            _ = try transaction.record(received(callback))
        case .answer(let answer):
            // An unknown entity cannot have been polled: the comparison reports the difference.
            guard let row = try row(of: answer) else { return }
            _ = try transaction.record(self.answer(answer, on: row))
        case .instruction(let instruction):
            try record(instruction, in: &transaction)
        }
    }

    private func record(_ instruction: RecordedInstruction, in transaction: inout LedgerTransaction) throws {
        switch instruction.content {
        case .acknowledgement(let again): try transaction.acknowledge(again, at: instruction.givenAt)
        case .instruction(let entity, let command):
            _ = try transaction.follow(
                Instruction(
                    account: account(instruction.account).name,
                    entity: entity,
                    command: command,
                    givenAt: instruction.givenAt
                )
            )
        }
    }

    /// Takes over the changes that evidence made as they were recorded, at its position.
    private func keep(_ evidence: RecordedEvidence) throws {
        try copies[evidence.source]?.copy(where: "id = ?", [evidence.number])
        guard hasKept else { return }
        try transitions.copy(
            where: "seq IN (SELECT seq FROM temp.kept_transition WHERE evidence = ? AND source = ?) ORDER BY seq",
            [evidence.number, evidence.source.rawValue]
        )
    }
}

// MARK: What is recorded

extension Replay {
    private func account(_ id: Int64) throws -> (name: String, gateway: String) {
        guard let account = accounts[id] else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "it is of an account that does not exist")
        }
        return account
    }

    private func received(_ callback: RecordedCallback) throws -> ReceivedCallback {
        let account = try account(callback.account)
        let content: ReceivedCallback.Content =
            switch (read(AuthenticatedBody(gateway: account.gateway, bytes: callback.body)), callback.verdict) {
            case (.failure(let problem), _): .undecodable(problem.reason, naming: problem.mention)
            case (.success(let report), .valid): .report(report)
            case (.success(let report), .ambiguous): callback.isRuled ? .report(report) : .unproven(report)
            }
        return ReceivedCallback(
            account: account.name,
            body: [],
            digest: callback.digest,
            locality: callback.locality,
            receivedAt: callback.receivedAt,
            reverifiedAt: callback.reverifiedAt,
            remoteAddress: nil,
            verdict: callback.verdict,
            form: callback.form,
            keyID: callback.keyID,
            content: content,
            confirmsMoney: callback.verdict == .valid && !callback.isRuled && callback.effect == Effect.held.rawValue
        )
    }

    private func answer(_ answer: RecordedAnswer, on row: EntityRow) throws -> PollRecord {
        let account = try account(answer.account)
        return PollRecord(
            poll: DuePoll(
                account: account.name,
                entity: answer.entity,
                method: nil,
                endpoint: nil,
                row: row,
                lastCallback: answer.lastCallbackSeen,
                requestedAt: answer.requestedAt
            ),
            result: result(of: answer, from: account.gateway),
            pause: answer.pause,
            askedAt: answer.askedAt,
            answeredAt: answer.answeredAt,
            recordedAt: answer.recordedAt,
            httpStatus: answer.httpStatus,
            endpoint: answer.endpoint,
            body: nil,
            digest: nil,
            detail: answer.detail
        )
    }

    /// An answer that was not believed on arrival is not believed now, since nothing that could prove it was kept.
    private func result(of answer: RecordedAnswer, from gateway: String) -> StatusResult {
        guard !answer.isInterrupted else { return .interrupted }
        return switch answer.outcome {
        case .applied, .unchanged, .late, .unrecognised:
            switch read(AuthenticatedBody(gateway: gateway, bytes: answer.body)) {
            case .success(let report): .report(report)
            case .failure(let problem): .undecodable(problem.reason)
            }
        case .notFound: .notFound
        case .unauthorized: .unauthorized
        case .rateLimited: .rateLimited
        case .unavailable: .unavailable
        case .undecodable: .undecodable(answer.detail ?? "")
        case .foreign: .foreign
        }
    }

    /// The row in the derived ledger of the polled entity; a payment may have become an operation of another since.
    private func row(of answer: RecordedAnswer) throws -> EntityRow? {
        let id = answer.entity.id
        switch answer.entity {
        case .payment:
            return try statements.number(
                "SELECT id FROM payment WHERE payment_id = ? AND account = ?",
                [id, answer.account]
            ).map { .payment($0) }
        case .operation:
            return try statements.number(
                """
                SELECT payment.id FROM operation JOIN payment ON payment.id = operation.payment
                WHERE operation.operation_id = ? AND payment.account = ?
                ORDER BY payment.payment_id IS NOT ?, payment.merged_into IS NOT NULL LIMIT 1
                """,
                [id, answer.account, answer.holder]
            ).map { .operation(id: id, payment: $0) }
        case .checkout:
            return try statements.number(
                "SELECT id FROM checkout WHERE token = ? AND account = ?",
                [id, answer.account]
            ).map { .checkout($0) }
        case .subscription:
            return try statements.number(
                "SELECT id FROM subscription WHERE subscription_id = ? AND account = ?",
                [id, answer.account]
            ).map { .subscription($0) }
        }
    }
}

extension PollSchedule {
    /// Stands in where no schedule was recorded yet; what is planned by it is not compared.
    fileprivate static let unknown = PollSchedule(
        firstAfter: .seconds(60),
        steps: [],
        giveUpAfter: .seconds(1 << 40),
        authorizedEvery: .seconds(86_400),
        secondLook: .zero,
        audit: []
    )
}
