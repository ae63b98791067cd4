import Payments

/// The effect of a report, as stored in the row of the callback or poll that brought it.
struct RecordedEffect {
    var effect: Effect
    var row: Int?
    var payment: Int64?
    var operationID: String?
    var checkout: Int64?
    var checkoutEffect: Effect?
    var subscription: Int64?
    /// The gateway's status word in the report.
    var status: String?
}

extension RecordedEffect {
    /// The effect on the entity that was polled: an answer about a token also reports its payment.
    func effect(on entity: Entity) -> Effect {
        switch entity {
        case .checkout: checkoutEffect ?? effect
        case .payment, .operation, .subscription: effect
        }
    }
}

/// Where a report came from, and with which weight each of its parts is judged.
enum ReportOrigin {
    case callback
    /// An answer has the weight of an answer only for the polled entity; whatever else it reports is treated like a
    /// callback's content.
    case answer(about: Entity, isOvertaken: Bool)

    func origin(of part: Entity) -> Origin {
        switch self {
        case .callback: .callback
        case .answer(let asked, let isOvertaken): asked == part ? .answer(overtaken: isOvertaken) : .callback
        }
    }

    /// An answer about an eComCharge uid reports that transaction, whether it is the root of a payment or a child.
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
