import Payments

extension LedgerTransaction {
    /// Carries out the command of a person, or of a program on their behalf. Watching the same again changes nothing.
    mutating func follow(_ instruction: Instruction) throws -> Result<InstructionResult, InstructionError> {
        guard let account = accounts[instruction.account] else { return .failure(.unknownAccount) }
        var instruction = instruction
        instruction.givenAt = inOrder(instruction.givenAt)
        switch (instruction.command, instruction.entity) {
        case (.watch(let expected), .payment(let id)):
            return try watch(payment: id, expected, instruction, of: account)
        case (.poll, .payment(let id)), (.poll, .operation(let id)):
            return try poll(payment: id, instruction, of: account)
        case (_, .checkout) where !account.isFolded, (_, .subscription) where !account.isFolded:
            return .failure(.impossible)
        case (.watch(let expected), .checkout(let token)):
            return .success(try watch(checkout: token, expected, instruction, of: account))
        case (.poll, .checkout(let token)):
            return try poll(checkout: token, instruction, of: account)
        case (.poll, .subscription(let id)):
            return .success(try poll(subscription: id, instruction, of: account))
        case (.watch, .operation), (.watch, .subscription):
            return .failure(.impossible)
        }
    }

    // MARK: Watching

    private mutating func watch(
        payment id: String,
        _ expected: Expectation,
        _ instruction: Instruction,
        of account: AccountRow
    ) throws -> Result<InstructionResult, InstructionError> {
        var stored = try PaymentRows.find(named: id, of: account, in: statements)
        let isNew = stored.id == nil
        let wasGivenUp = stored.payment.pollState.phase == .unresolved
        guard stored.payment.id == id || expected == Expectation() else {
            return .failure(.isOperation(of: stored.payment.id))
        }
        let consequences = stored.payment.watch(expected, schedule: schedule, at: instruction.givenAt)
        if let same = try same(as: expected, on: stored.id.map { .payment($0) }, wasGivenUp: wasGivenUp) {
            return .success(InstructionResult(same, stored.payment, isNew: false))
        }
        let context = try context(for: instruction, of: account)
        try save(&stored, consequences, in: context)
        try record(instruction, on: .payment(stored.savedID), in: context)
        return .success(InstructionResult(context.evidence.number, stored.payment, isNew: isNew))
    }

    private mutating func watch(
        checkout token: String,
        _ expected: Expectation,
        _ instruction: Instruction,
        of account: AccountRow
    ) throws -> InstructionResult {
        var stored = try CheckoutRows.find(token, of: account, in: statements)
        let isNew = stored.id == nil
        let wasGivenUp = stored.checkout.pollState.phase == .unresolved
        let consequences = stored.checkout.watch(expected, schedule: schedule, at: instruction.givenAt)
        if let same = try same(as: expected, on: stored.id.map { .checkout($0) }, wasGivenUp: wasGivenUp) {
            return InstructionResult(same, stored.checkout, isNew: false)
        }
        let context = try context(for: instruction, of: account)
        let id = try save(&stored, consequences, in: context)
        try record(instruction, on: .checkout(id), in: context)
        try expectOfPayment(of: stored.checkout, in: context)
        return InstructionResult(context.evidence.number, stored.checkout, isNew: isNew)
    }

    /// The last instruction to watch the same with the same expectation, which need not be recorded again: unless
    /// polling had given up since, or a replay records exactly what was recorded.
    private func same(as expected: Expectation, on row: EntityRow?, wasGivenUp: Bool) throws -> Int64? {
        guard let row, !wasGivenUp, knownNumber == nil else { return nil }
        return try InstructionRows.same(as: expected, on: row, in: statements)
    }

    /// The payment that the token has already led to gets the token's expectation.
    private mutating func expectOfPayment(of checkout: Checkout, in context: RecordContext) throws {
        guard let paymentID = checkout.paymentID else { return }
        var stored = try PaymentRows.find(paymentID, of: context.account, in: statements)
        guard stored.id != nil else { return }
        let consequences = stored.payment.watch(checkout.expectation, schedule: schedule, at: context.evidence.at)
        try save(&stored, consequences, in: context)
    }

    // MARK: Polling at once

    private mutating func poll(
        payment id: String,
        _ instruction: Instruction,
        of account: AccountRow
    ) throws -> Result<InstructionResult, InstructionError> {
        var stored = try PaymentRows.find(named: id, of: account, in: statements)
        guard let number = stored.id else { return .failure(.unknownEntity) }
        stored.payment.poll(named: id, at: instruction.givenAt)
        let context = try context(for: instruction, of: account)
        try save(&stored, Consequences(effect: .unchanged), in: context)
        let operation = stored.payment.operations.first { $0.id == id && id != stored.payment.id }
        let row: EntityRow = operation.map { .operation(id: $0.id, payment: number) } ?? .payment(number)
        try record(instruction, on: row, in: context)
        return .success(InstructionResult(context.evidence.number, stored.payment, operation, isNew: false))
    }

    private mutating func poll(
        checkout token: String,
        _ instruction: Instruction,
        of account: AccountRow
    ) throws -> Result<InstructionResult, InstructionError> {
        var stored = try CheckoutRows.find(token, of: account, in: statements)
        guard let number = stored.id else { return .failure(.unknownEntity) }
        stored.checkout.poll(at: instruction.givenAt)
        let context = try context(for: instruction, of: account)
        _ = try save(&stored, Consequences(effect: .unchanged), in: context)
        try record(instruction, on: .checkout(number), in: context)
        return .success(InstructionResult(context.evidence.number, stored.checkout, isNew: false))
    }

    /// A subscription need not be known: it is polled on demand only, so this is how one becomes known.
    private mutating func poll(
        subscription id: String,
        _ instruction: Instruction,
        of account: AccountRow
    ) throws -> InstructionResult {
        var stored = try SubscriptionRows.find(id, of: account, in: statements)
        let isNew = stored.id == nil
        stored.subscription.poll(at: instruction.givenAt)
        let context = try context(for: instruction, of: account)
        let number = try save(&stored, Consequences(effect: .unchanged), in: context)
        try record(instruction, on: .subscription(number), in: context)
        return InstructionResult(
            number: context.evidence.number,
            entity: .subscription(id: id),
            isNew: isNew,
            state: nil,
            reconciliation: stored.subscription.pollState.phase,
            nextPollAt: stored.subscription.pollState.nextPollAt
        )
    }

    // MARK: The instruction as evidence

    private func context(for instruction: Instruction, of account: AccountRow) throws -> RecordContext {
        let number = try knownNumber ?? InstructionRows.nextID(in: statements)
        return context(.operator, number, at: instruction.givenAt, of: account)
    }

    private func record(_ instruction: Instruction, on row: EntityRow, in context: RecordContext) throws {
        try InstructionRows.insert(instruction, on: row, after: position(), in: context)
    }
}

extension InstructionResult {
    fileprivate init(_ number: Int64, _ payment: Payment, _ operation: Operation? = nil, isNew: Bool) {
        let pollState = operation?.pollState ?? payment.pollState
        self.init(
            number: number,
            entity: operation.map { .operation(id: $0.id) } ?? .payment(id: payment.id),
            isNew: isNew,
            state: operation?.state ?? payment.state,
            reconciliation: pollState.phase,
            nextPollAt: pollState.nextPollAt
        )
    }

    fileprivate init(_ number: Int64, _ checkout: Checkout, isNew: Bool) {
        self.init(
            number: number,
            entity: .checkout(token: checkout.token),
            isNew: isNew,
            state: checkout.tracked.status.state,
            reconciliation: checkout.pollState.phase,
            nextPollAt: checkout.pollState.nextPollAt
        )
    }
}
