import Payments

/// Finds the payment that a report, a mention or a poll is about.
extension PaymentRows {
    /// Takes the gateway's id and the account.
    static let ofName: StaticString =
        "SELECT coalesce(merged_into, id) FROM payment WHERE payment_id = ? AND account = ?"

    /// Takes the gateway's id and the account.
    static let ofNameUnlessMerged: StaticString =
        "SELECT id FROM payment WHERE payment_id = ? AND account = ? AND merged_into IS NULL"

    /// What is known of a payment's row.
    enum Lookup: Equatable {
        case notYet
        /// There is none.
        case new
        case known(Int64)
    }

    /// The row of the payment that has an id, or of the one that it turned out to belong to.
    static func number(of paymentID: String, of account: AccountRow, in statements: any Statements) throws -> Int64? {
        try statements.number(ofName, [paymentID, account.id])
    }

    /// The payment that a report is about, known or new; `nil` if the report names none.
    ///
    /// A child is found by its own uid, then by its parent's; if neither is known, the payment is named after the
    /// parent until the gateway reports more.
    ///
    /// - Parameter lookup: what is known already of the payment that the report names.
    static func find(
        for report: Report,
        _ lookup: Lookup = .notYet,
        in context: RecordContext
    ) throws -> StoredPayment? {
        if let payment = report.payment {
            switch lookup {
            case .notYet: break
            case .new: return StoredPayment(new: Payment(id: payment.id, isFolded: context.account.isFolded))
            case .known(let number): return try read(number, of: context.account, in: context.statements)
            }
            let stored = try find(payment.id, of: context.account, in: context.statements)
            // A child's own body need not name its parent: a uid that is known as an operation is not a payment.
            guard stored.id == nil, context.account.isFolded else { return stored }
            return try holder(of: payment.id, of: context.account, in: context.statements) ?? stored
        }
        guard let operation = report.operations.first, let parent = operation.parentID else { return nil }
        var stored = try find(operation.id, childOf: parent, of: context.account, in: context.statements)
        try merge(operation.id, into: &stored, in: context)
        return stored
    }

    /// The payment that an unreadable body names, known or new.
    static func find(
        _ mention: Mention,
        in context: RecordContext
    ) throws -> StoredPayment {
        guard context.account.isFolded, let operation = mention.operationID else {
            return try find(named: mention.paymentID, of: context.account, in: context.statements)
        }
        var stored = try find(operation, childOf: mention.paymentID, of: context.account, in: context.statements)
        try merge(operation, into: &stored, in: context)
        return stored
    }

    /// The payment of a child: the one that holds it, unless that payment is named after the child itself, which was
    /// taken for a root before its parent was known; otherwise its parent's.
    private static func find(
        _ child: String,
        childOf parent: String,
        of account: AccountRow,
        in statements: any Statements
    ) throws -> StoredPayment {
        if let stored = try holder(of: child, of: account, in: statements), stored.payment.id != child { return stored }
        return try holder(of: parent, of: account, in: statements) ?? find(parent, of: account, in: statements)
    }

    static func find(_ paymentID: String, of account: AccountRow, in statements: any Statements) throws -> StoredPayment
    {
        guard
            let id = try number(of: paymentID, of: account, in: statements),
            let stored = try read(id, of: account, in: statements)
        else {
            return StoredPayment(new: Payment(id: paymentID, isFolded: account.isFolded))
        }
        return stored
    }

    /// The payment with a name that a person gave: its own, or that of one of its operations; new if neither is known.
    static func find(named name: String, of account: AccountRow, in statements: any Statements) throws -> StoredPayment
    {
        let stored = try find(name, of: account, in: statements)
        guard stored.id == nil else { return stored }
        return try holder(of: name, of: account, in: statements) ?? stored
    }

    /// The payment that holds an operation.
    private static func holder(
        of operationID: String,
        of account: AccountRow,
        in statements: any Statements
    ) throws -> StoredPayment? {
        try OperationRows.payment(of: operationID, of: account, in: statements).flatMap {
            try read($0, of: account, in: statements)
        }
    }

    /// The payment that holds an operation: the one that did when it was read, or the one that it has since moved to.
    static func holder(
        of operationID: String,
        read known: Int64,
        of account: AccountRow,
        in statements: any Statements
    ) throws -> StoredPayment? {
        guard try !OperationRows.isHeld(operationID, by: known, in: statements) else {
            return try read(known, of: account, in: statements)
        }
        return try holder(of: operationID, of: account, in: statements)
    }

    /// The row that a poll is about now: a payment may have turned out to be an operation of another one, and an
    /// operation may have moved there with it.
    static func row(of poll: DuePoll, in statements: any Statements) throws -> EntityRow {
        guard let payment = poll.row.payment else { return poll.row }
        let holder = try statements.number("SELECT merged_into FROM payment WHERE id = ?", [payment])
        return holder.map { .operation(id: poll.entity.id, payment: $0) } ?? poll.row
    }

    /// Merges a child whose uid was taken for a root, because its own child came first: its operations move to this
    /// payment, and the payment that was named after it is kept as merged, since history refers to it. Entries that
    /// were booked under the wrong name are taken back there.
    private static func merge(
        _ operationID: String,
        into stored: inout StoredPayment,
        in context: RecordContext
    ) throws {
        guard operationID != stored.payment.id else { return }
        let (account, evidence, statements) = (context.account, context.evidence, context.statements)
        let other = try statements.number(
            ofNameUnlessMerged,
            [operationID, account.id]
        )
        guard let other, var wrong = try read(other, of: account, in: statements) else { return }
        let id = try stored.id ?? save(&stored, in: context)
        let merged = wrong.payment.operations
        let takenBack = wrong.payment.takeBackEntries()
        _ = try save(&wrong, in: context)
        try TransitionRows.append(takenBack, on: .payment(other), in: context)
        try statements.execute(
            """
            UPDATE operation SET payment = ?1 WHERE payment = ?2
            AND operation_id NOT IN (SELECT operation_id FROM operation WHERE payment = ?1)
            """,
            [id, other]
        )
        // An operation that is known under both stays where it was, since history refers to it, and is polled once.
        try statements.execute(
            """
            UPDATE operation SET reconciliation = 'done', next_poll_at = NULL, wished_at = NULL WHERE payment = ?
            """,
            [other]
        )
        try AnomalyRows.move(from: other, to: id, at: evidence.at, in: statements)
        try ForwardRows.move(from: other, to: id, at: evidence.at, in: statements)
        try statements.execute("UPDATE payment SET merged_into = ? WHERE merged_into = ?", [id, other])
        try statements.execute(
            """
            UPDATE payment SET merged_into = ?, reconciliation = 'done', next_poll_at = NULL, wished_at = NULL
            WHERE id = ?
            """,
            [id, other]
        )
        count(&wrong, asOpen: false, in: context)
        let booked = stored.payment.merge(merged)
        try TransitionRows.append(booked, on: .payment(id), in: context)
    }
}
