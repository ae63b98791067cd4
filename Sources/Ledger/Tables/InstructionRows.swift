import Payments

/// The rows of the instructions that people and programs gave.
enum InstructionRows {
    static func nextID(in statements: any Statements) throws -> Int64 {
        try statements.number("SELECT coalesce(max(id), 0) + 1 FROM instruction") ?? 1
    }

    static func insert(
        _ instruction: Instruction,
        on row: EntityRow,
        after position: EvidencePosition,
        in context: RecordContext
    ) throws {
        let expectation = instruction.command.expectation
        try context.statements.execute(
            """
            INSERT INTO instruction (id, account, given_at, command, payment, operation_id, checkout, subscription,
                                     reference, amount_minor, currency, after_callback, after_poll, named)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                context.evidence.number, context.account.id, instruction.givenAt.milliseconds,
                instruction.command.word, row.payment, row.operationID, row.checkout, row.subscription,
                expectation?.reference, expectation?.amount, expectation?.currency, position.callback, position.poll,
                instruction.entity.id,
            ]
        )
    }

    /// The last instruction to watch a payment or a checkout, if its expectation was the same: then it need not be
    /// stored again.
    static func same(
        as expectation: Expectation,
        on row: EntityRow,
        in statements: any Statements
    ) throws -> Int64? {
        let arguments: [any Bindable] = [expectation.reference, expectation.amount, expectation.currency]
        let last =
            if let checkout = row.checkout {
                try statements.row(
                    """
                    SELECT id, reference IS NOT DISTINCT FROM ? AND amount_minor IS NOT DISTINCT FROM ?
                           AND currency IS NOT DISTINCT FROM ? FROM instruction
                    WHERE checkout = ? AND command = 'watch' ORDER BY id DESC LIMIT 1
                    """,
                    arguments + [checkout]
                )
            } else {
                try statements.row(
                    """
                    SELECT id, reference IS NOT DISTINCT FROM ? AND amount_minor IS NOT DISTINCT FROM ?
                           AND currency IS NOT DISTINCT FROM ? FROM instruction
                    WHERE payment = ? AND command = 'watch' ORDER BY id DESC LIMIT 1
                    """,
                    arguments + [row.payment]
                )
            }
        guard let last, last[1] == true else { return nil }
        return last[0]
    }
}

extension Instruction.Command {
    fileprivate var word: String {
        switch self {
        case .watch: "watch"
        case .poll: "poll"
        }
    }

    fileprivate var expectation: Expectation? {
        switch self {
        case .watch(let expectation): expectation
        case .poll: nil
        }
    }
}
