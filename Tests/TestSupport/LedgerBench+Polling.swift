package import Ledger
package import Payments

extension LedgerBench {
    /// The poll that is due, as the reconciler would find it.
    package func due(_ account: String = "ecp", at seconds: Int64) async throws -> DuePoll? {
        switch try await ledger.due(of: account, besides: [], at: Timestamp(milliseconds: seconds * 1000)) {
        case .poll(let poll): poll
        case .nothing: nil
        }
    }

    /// Records the result of a poll.
    @discardableResult
    package func answer(
        _ poll: DuePoll,
        _ result: StatusResult,
        _ body: [UInt8] = Array("an answer".utf8),
        digest: [UInt8]? = nil,
        pause: Duration = .zero,
        at seconds: Int64
    ) async throws -> PollOutcome {
        let time = Timestamp(milliseconds: seconds * 1000)
        return try await ledger.record(
            PollRecord(
                poll: poll,
                result: result,
                pause: pause,
                askedAt: time,
                answeredAt: time,
                recordedAt: time,
                httpStatus: 200,
                endpoint: "transactions",
                body: body,
                digest: digest,
                detail: nil
            )
        )
    }

    package func watch(
        _ entity: Entity,
        _ expectation: Expectation = Expectation(),
        account: String = "ecp",
        at seconds: Int64 = 1
    ) async throws -> InstructionResult {
        try await instruct(.watch(expectation), entity, account: account, at: seconds)
    }

    package func instruct(
        _ command: Instruction.Command,
        _ entity: Entity,
        account: String = "ecp",
        at seconds: Int64 = 1
    ) async throws -> InstructionResult {
        try await ledger.instruct(
            Instruction(
                account: account,
                entity: entity,
                command: command,
                givenAt: Timestamp(milliseconds: seconds * 1000)
            )
        )
    }
}
