import GRDB
import Payments

/// All evidence of a ledger, in the order in which it was recorded, one row of each kind in memory at a time.
///
/// Callbacks, answers and instructions are numbered in their order; an answer stores the callback before it, and an
/// instruction the callback and the answer before it. Where an earlier version did not store them, the time decides.
struct EvidenceSequence {
    private let callbacks: RowCursor
    private let answers: RowCursor
    private let instructions: RowCursor
    private var callback: RecordedCallback?
    private var answer: RecordedAnswer?
    private var instruction: RecordedInstruction?

    /// - Parameter database: a connection with the tables of ``PrunedEntities``.
    init(in database: Database) throws {
        callbacks = try GRDB.Row.fetchCursor(database, sql: RecordedCallback.all)
        answers = try GRDB.Row.fetchCursor(database, sql: RecordedAnswer.all)
        instructions = try GRDB.Row.fetchCursor(database, sql: RecordedInstruction.all)
        callback = try callbacks.next().map(RecordedCallback.init)
        answer = try answers.next().map(RecordedAnswer.init)
        instruction = try instructions.next().map(RecordedInstruction.init)
    }

    mutating func next() throws -> RecordedEvidence? {
        if let instruction, isNext(instruction) {
            self.instruction = try instructions.next().map(RecordedInstruction.init)
            return .instruction(instruction)
        }
        if let answer, isNext(answer) {
            self.answer = try answers.next().map(RecordedAnswer.init)
            return .answer(answer)
        }
        guard let callback else { return nil }
        self.callback = try callbacks.next().map(RecordedCallback.init)
        return .callback(callback)
    }

    private func isNext(_ instruction: RecordedInstruction) -> Bool {
        if let callback {
            guard instruction.lastCallback.map({ $0 < callback.number }) ?? (instruction.givenAt < callback.receivedAt)
            else { return false }
        }
        guard let answer else { return true }
        return instruction.lastPoll.map { $0 < answer.number } ?? (instruction.givenAt < answer.recordedAt)
    }

    private func isNext(_ answer: RecordedAnswer) -> Bool {
        guard let callback else { return true }
        return answer.lastCallback.map { $0 < callback.number } ?? (answer.recordedAt < callback.receivedAt)
    }
}

extension EvidencePosition {
    /// Whether evidence comes after this position.
    func precedes(_ evidence: RecordedEvidence) -> Bool {
        switch evidence {
        case .callback(let callback): self.callback < callback.number
        case .answer(let answer): poll < answer.number
        case .instruction(let instruction): self.instruction < instruction.number
        }
    }
}
