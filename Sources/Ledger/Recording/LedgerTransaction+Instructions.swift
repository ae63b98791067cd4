import GRDB
import Payments

extension LedgerTransaction {
    /// Carries out the command of a person, or of a program on their behalf. Watching the same again changes nothing.
    mutating func follow(_ instruction: Instruction) throws -> Result<InstructionResult, InstructionError> {
        guard let account = accounts[instruction.account] else { return .failure(.unknownAccount) }
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
        if let id = stored.id, !wasGivenUp, knownNumber == nil,
            let same = try InstructionRows.same(as: expected, on: .payment(id), in: statements)
        {
            return .success(InstructionResult(same, stored.payment, isNew: false))
        }
        let number = try knownNumber ?? InstructionRows.nextID(in: statements)
        let evidence = EvidenceID(source: .operator, number: number, at: instruction.givenAt)
        try save(&stored, consequences, of: account, evidence)
        try InstructionRows.insert(
            number,
            instruction,
            on: .payment(stored.savedID),
            after: place(),
            of: account,
            in: statements
        )
        return .success(InstructionResult(number, stored.payment, isNew: isNew))
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
        if let id = stored.id, !wasGivenUp, knownNumber == nil,
            let same = try InstructionRows.same(as: expected, on: .checkout(id), in: statements)
        {
            return InstructionResult(same, stored.checkout, isNew: false)
        }
        let number = try knownNumber ?? InstructionRows.nextID(in: statements)
        let evidence = EvidenceID(source: .operator, number: number, at: instruction.givenAt)
        let id = try save(&stored, consequences, of: account, evidence)
        try InstructionRows.insert(
            number,
            instruction,
            on: .checkout(id),
            after: place(),
            of: account,
            in: statements
        )
        try expectOfPayment(of: stored.checkout, of: account, evidence)
        return InstructionResult(number, stored.checkout, isNew: isNew)
    }

    /// The payment that the token has already led to gets the token's expectation.
    private mutating func expectOfPayment(of checkout: Checkout, of account: AccountRow, _ evidence: EvidenceID) throws
    {
        guard let paymentID = checkout.paymentID else { return }
        var stored = try PaymentRows.find(paymentID, of: account, in: statements)
        guard stored.id != nil else { return }
        let consequences = stored.payment.watch(checkout.expectation, schedule: schedule, at: evidence.at)
        try save(&stored, consequences, of: account, evidence)
    }

    // MARK: Polling at once

    private mutating func poll(
        payment id: String,
        _ instruction: Instruction,
        of account: AccountRow
    ) throws -> Result<InstructionResult, InstructionError> {
        var stored = try PaymentRows.find(named: id, of: account, in: statements)
        guard let row = stored.id else { return .failure(.unknownEntity) }
        stored.payment.poll(named: id, at: instruction.givenAt)
        let number = try knownNumber ?? InstructionRows.nextID(in: statements)
        let evidence = EvidenceID(source: .operator, number: number, at: instruction.givenAt)
        try save(&stored, Consequences(effect: .unchanged), of: account, evidence)
        let operation = stored.payment.operations.first { $0.id == id && id != stored.payment.id }
        try InstructionRows.insert(
            number,
            instruction,
            on: .payment(row),
            operationID: operation?.id,
            after: place(),
            of: account,
            in: statements
        )
        return .success(InstructionResult(number, stored.payment, operation, isNew: false))
    }

    private mutating func poll(
        checkout token: String,
        _ instruction: Instruction,
        of account: AccountRow
    ) throws -> Result<InstructionResult, InstructionError> {
        var stored = try CheckoutRows.find(token, of: account, in: statements)
        guard let row = stored.id else { return .failure(.unknownEntity) }
        stored.checkout.poll(at: instruction.givenAt)
        let number = try knownNumber ?? InstructionRows.nextID(in: statements)
        let evidence = EvidenceID(source: .operator, number: number, at: instruction.givenAt)
        _ = try save(&stored, Consequences(effect: .unchanged), of: account, evidence)
        try InstructionRows.insert(
            number,
            instruction,
            on: .checkout(row),
            after: place(),
            of: account,
            in: statements
        )
        return .success(InstructionResult(number, stored.checkout, isNew: false))
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
        let number = try knownNumber ?? InstructionRows.nextID(in: statements)
        let evidence = EvidenceID(source: .operator, number: number, at: instruction.givenAt)
        let row = try save(&stored, Consequences(effect: .unchanged), of: account, evidence)
        try InstructionRows.insert(
            number,
            instruction,
            on: .subscription(row),
            after: place(),
            of: account,
            in: statements
        )
        return InstructionResult(
            number: number,
            entity: .subscription(id: id),
            isNew: isNew,
            state: nil,
            reconciliation: stored.subscription.pollState.phase,
            nextPollAt: stored.subscription.pollState.nextPollAt
        )
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
