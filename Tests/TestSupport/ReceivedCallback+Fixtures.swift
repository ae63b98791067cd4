package import Ledger
package import Payments

extension ReceivedCallback.Content {
    /// ecommpay's report on a payment with one operation.
    package static func stated(
        _ word: String,
        _ state: State,
        id: String = "EP-1",
        operation: String = "501",
        kind: OperationKind = .payment,
        amount: Int64? = 5200,
        at seconds: Int64 = 10
    ) -> ReceivedCallback.Content {
        var payment = PaymentReport(id: id)
        payment.status = Status(word: word, state: state)
        payment.reference = id
        payment.type = "purchase"
        payment.purpose = .purchase
        payment.amount = 5200
        payment.currency = "EUR"
        payment.gatewayTime = Timestamp(milliseconds: seconds * 1000)
        var report = OperationReport(
            id: operation,
            kind: kind,
            status: Status(word: word, state: state.isUnpaidEnd ? .failed : .succeeded)
        )
        report.amount = amount
        report.currency = "EUR"
        report.gatewayTime = payment.gatewayTime
        return .report(Report(payment: payment, operations: [report]))
    }

    /// eComCharge's report on a transaction.
    package static func transaction(
        _ uid: String,
        _ kind: OperationKind,
        parent: String? = nil,
        word: String = "successful",
        _ state: State = .succeeded,
        amount: Int64 = 500,
        reference: String? = nil,
        at seconds: Int64 = 10
    ) -> ReceivedCallback.Content {
        var report = OperationReport(id: uid, kind: kind, status: Status(word: word, state: state))
        report.parentID = parent
        report.amount = amount
        report.currency = "EUR"
        report.gatewayTime = Timestamp(milliseconds: seconds * 1000)
        var payment: PaymentReport?
        if parent == nil {
            payment = PaymentReport(id: uid)
            payment?.reference = reference
            payment?.type = kind.rawValue
            payment?.purpose = .purchase
        }
        return .report(Report(payment: payment, operations: [report]))
    }

    /// The same content, as an answer.
    package var answer: StatusResult {
        switch self {
        case .report(let report), .unproven(let report): .report(report)
        case .undecodable(let place, _): .undecodable(place)
        }
    }
}
