import Payments

/// One operation in an ecommpay body.
struct EcommpayOperation {
    /// A code and its meaning, in the gateway's words.
    struct Result {
        let code: String?
        let message: String?

        var isPresent: Bool { code != nil || message != nil }
    }

    /// nil without an id (it may be missing when a request was refused) or a status: then nothing about it can be
    /// recorded.
    let report: OperationReport?
    let kind: OperationKind
    let state: State?
    let result: Result
    let time: Timestamp?

    init(_ fields: ObjectReader) throws(DecodingFailure) {
        result = Result(code: fields.label("code"), message: fields.text("message"))
        time = fields.time("date")
        let id = try fields.identifier(deciding: "id")
        let type = try fields.text(deciding: "type")
        kind = Ecommpay.operationTypes.kind(type)
        let status = try fields.text(deciding: "status").map(Ecommpay.operationWords.status)
        state = status?.state
        let initial = try EcommpayAmount("sum_initial", in: fields)
        let plain = try EcommpayAmount("sum", in: fields)
        let createdAt = fields.time("created_date")
        let authCode = fields.object("provider").label("auth_code")
        guard let id, let status else {
            report = nil
            return
        }
        let sum = initial.isPresent ? initial : plain
        var report = OperationReport(id: id, kind: kind, status: status)
        report.type = type
        report.amount = sum.amount
        report.currency = sum.currency
        report.code = result.code
        report.message = result.message
        report.decline = Ecommpay.declines.decline(result.code, of: status)
        report.authCode = authCode
        report.createdAt = createdAt
        report.gatewayTime = time
        self.report = report
    }

    /// Whether this operation may have brought its payment into a state. A refund that was declined or is in progress
    /// did not.
    func mayHaveBrought(_ payment: State) -> Bool {
        guard let state else { return payment == .failed && !isLater }
        return switch payment {
        case .succeeded: state == .succeeded && (!isLater || kind == .capture || kind == .refundReversal)
        case .authorized: state == .succeeded && !isLater
        case .refunded: state == .succeeded && kind == .refund
        case .partiallyRefunded: state == .succeeded && (kind == .refund || kind == .refundReversal)
        case .cancelled: state == .cancelled || state == .succeeded && kind == .void
        case .chargedBack: state == .succeeded && kind == .chargeback
        case .pending, .failed, .expired: state == payment && (!isLater || kind == .capture)
        case .unknown: false
        }
    }

    /// Whether it acts on a payment that was made before.
    private var isLater: Bool {
        switch kind {
        case .capture, .void, .refund, .refundReversal, .chargeback: true
        case .payment, .authorization, .recurring, .payout, .manualChange, .other, .unknown: false
        }
    }
}

/// An amount and its currency as ecommpay writes them: as an object, or as a number with `currency` beside it (the
/// older form of `operations[].sum`).
struct EcommpayAmount {
    let amount: Int64?
    let currency: String?

    init(_ key: String, in fields: ObjectReader) throws(DecodingFailure) {
        if let object = try fields.container(deciding: key) {
            amount = try object.amount(deciding: "amount")
            currency = try object.text(deciding: "currency")
        } else {
            amount = try fields.amount(deciding: key)
            currency = amount == nil ? nil : try fields.text(deciding: "currency")
        }
    }

    var isPresent: Bool { amount != nil }
}
