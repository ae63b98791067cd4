import GRDB
import Payments

/// The append-only history, which is also the change feed.
enum TransitionRows {
    static func append(
        _ transitions: [Transition],
        _ evidence: EvidenceID,
        on subject: Subject,
        of account: AccountRow,
        in statements: StatementCache
    ) throws {
        guard !transitions.isEmpty else { return }
        for transition in transitions {
            try statements.execute(
                """
                INSERT INTO transition (account, payment, operation_id, checkout, subscription, from_status, to_status,
                                        from_state, to_state, source, evidence, gateway_time, kind, amount_minor,
                                        currency, held_minor, captured_minor, refunded_minor, charged_back_minor,
                                        paid_out_minor, moved_minor, moved_by, nuance, recorded_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            ) {
                account.id
                subject.payment
                transition.operationID
                subject.checkout
                subject.subscription
                transition.from?.word
                transition.to.word
                transition.fromStanding?.rawValue ?? transition.from?.state.rawValue
                transition.toStanding?.rawValue ?? transition.to.state.rawValue
                evidence.source.rawValue
                evidence.number
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
                evidence.at.milliseconds
            }
        }
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

extension Subject {
    var payment: Int64? {
        switch self {
        case .payment(let id): id
        case .checkout, .subscription, .evidence: nil
        }
    }

    var checkout: Int64? {
        switch self {
        case .checkout(let id): id
        case .payment, .subscription, .evidence: nil
        }
    }

    var isNothingKnown: Bool { payment == nil && checkout == nil && subscription == nil }

    var subscription: Int64? {
        switch self {
        case .subscription(let id): id
        case .payment, .checkout, .evidence: nil
        }
    }
}
