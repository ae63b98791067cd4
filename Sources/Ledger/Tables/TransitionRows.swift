import Payments

/// The append-only history, which is also the change feed.
enum TransitionRows {
    static let insertion: StaticString = """
        INSERT INTO transition (seq, account, payment, operation_id, checkout, subscription, from_status, to_status,
                                from_state, to_state, source, evidence, gateway_time, kind, amount_minor,
                                currency, held_minor, captured_minor, refunded_minor, charged_back_minor,
                                paid_out_minor, moved_minor, moved_by, nuance, recorded_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The usual two: of an operation, and of its payment.
    static let insertionOfTwo: StaticString = """
        INSERT INTO transition (seq, account, payment, operation_id, checkout, subscription, from_status, to_status,
                                from_state, to_state, source, evidence, gateway_time, kind, amount_minor,
                                currency, held_minor, captured_minor, refunded_minor, charged_back_minor,
                                paid_out_minor, moved_minor, moved_by, nuance, recorded_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?),
               (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func append(_ transitions: [Transition], on row: EntityRow, in context: RecordContext) throws {
        guard transitions.count != 2 else {
            let first = try values(of: transitions[0], on: row, in: context)
            let second = try values(of: transitions[1], on: row, in: context)
            return try context.statements.execute(insertionOfTwo, values: first + second)
        }
        for transition in transitions {
            try context.statements.execute(insertion, values: values(of: transition, on: row, in: context))
        }
    }

    private static func values(of transition: Transition, on row: EntityRow, in context: RecordContext) throws
        -> [SQLValue]
    {
        values(of: transition, numbered: try context.numbers.nextTransition(), on: row, in: context)
    }

    @ArgumentsBuilder private static func values(
        of transition: Transition,
        numbered seq: Int64,
        on row: EntityRow,
        in context: RecordContext
    ) -> [SQLValue] {
        seq
        context.account.id
        row.payment
        transition.operationID
        row.checkout
        row.subscription
        transition.from?.word
        transition.to.word
        transition.fromStanding?.rawValue ?? transition.from?.state.rawValue
        transition.toStanding?.rawValue ?? transition.to.state.rawValue
        context.evidence.source.rawValue
        context.evidence.number
        transition.gatewayTime?.milliseconds
        transition.entry?.kind.rawValue ?? transition.kind?.rawValue
        transition.amount
        transition.currencyThen
        transition.totals?.held
        transition.totals?.captured
        transition.totals?.refunded
        transition.totals?.chargedBack
        transition.totals?.paidOut
        transition.entry?.amount
        transition.entry?.operationID
        transition.to.nuance?.rawValue
        context.evidence.at.milliseconds
    }
}

extension Transition {
    fileprivate var operationID: String? {
        switch subject {
        case .operation(let id): id
        case .payment, .checkout, .subscription: nil
        }
    }
}

extension Transition {
    /// Entries that are taken back are in the currency in which they were booked.
    fileprivate var currencyThen: String? { entry == nil ? currency : entry?.currency }
}
