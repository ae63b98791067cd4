import Payments

/// What a report came to, as the row of the callback or poll that brought it tells.
struct RecordedEffect {
    var effect: Effect
    var row: Int?
    var payment: Int64?
    var operationID: String?
    var checkout: Int64?
    var checkoutEffect: Effect?
    var subscription: Int64?
    /// The gateway's word in it.
    var status: String?
}

extension RecordedEffect {
    /// What it came to for the one that was asked about: an answer about a token also tells of its payment.
    func effect(on entity: Entity) -> Effect {
        switch entity {
        case .checkout: checkoutEffect ?? effect
        case .payment, .operation, .subscription: effect
        }
    }
}

/// Who brought a report, and with which weight each of its parts is judged.
enum ReportOrigin {
    case callback
    /// An answer has the weight of an answer for what was asked about; what else it tells is taken like a callback's.
    case answer(about: Entity, isOvertaken: Bool)

    func origin(of part: Entity) -> Origin {
        switch self {
        case .callback: .callback
        case .answer(let asked, let isOvertaken): asked == part ? .answer(overtaken: isOvertaken) : .callback
        }
    }

    /// An answer about an eComCharge uid speaks of that transaction, be it the root of a payment or a child.
    func origin(ofPaymentIn report: Report) -> Origin {
        switch self {
        case .callback: return .callback
        case .answer(let asked, let isOvertaken):
            switch asked {
            case .payment(let id), .operation(let id):
                let isAbout = report.payment?.id == id || report.operations.contains { $0.id == id }
                return isAbout ? .answer(overtaken: isOvertaken) : .callback
            case .checkout, .subscription:
                return .callback
            }
        }
    }
}
