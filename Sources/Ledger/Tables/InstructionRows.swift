import GRDB
import Payments

/// The rows of the instructions that people and programs gave.
enum InstructionRows {
    static func nextID(in statements: StatementCache) throws -> Int64 {
        try statements.number("SELECT coalesce(max(id), 0) + 1 FROM instruction") ?? 1
    }

    static func insert(
        _ id: Int64,
        _ instruction: Instruction,
        on subject: Subject,
        operationID: String? = nil,
        after place: EvidencePosition,
        of account: AccountRow,
        in statements: StatementCache
    ) throws {
        let expectation = instruction.command.expectation
        try statements.execute(
            """
            INSERT INTO instruction (id, account, given_at, command, payment, operation_id, checkout, subscription,
                                     reference, amount_minor, currency, after_callback, after_poll, named)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, account.id, instruction.givenAt.milliseconds, instruction.command.word, subject.payment,
                operationID,
                subject.checkout, subject.subscription, expectation?.reference, expectation?.amount,
                expectation?.currency, place.callback, place.poll, instruction.entity.id,
            ]
        )
    }

    /// The last instruction to watch a payment or a checkout, if its expectation was the same: then it need not be
    /// stored again.
    static func same(
        as expectation: Expectation,
        on subject: Subject,
        in statements: StatementCache
    ) throws -> Int64? {
        let arguments: [any Bindable] = [expectation.reference, expectation.amount, expectation.currency]
        let row =
            if let checkout = subject.checkout {
                try statements.row(
                    """
                    SELECT id, reference IS ? AND amount_minor IS ? AND currency IS ? FROM instruction
                    WHERE checkout = ? AND command = 'watch' ORDER BY id DESC LIMIT 1
                    """,
                    arguments + [checkout]
                )
            } else {
                try statements.row(
                    """
                    SELECT id, reference IS ? AND amount_minor IS ? AND currency IS ? FROM instruction
                    WHERE payment = ? AND command = 'watch' ORDER BY id DESC LIMIT 1
                    """,
                    arguments + [subject.payment]
                )
            }
        guard let row, row[1] == true else { return nil }
        return row[0]
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
