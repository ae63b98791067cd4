package import Payments

extension EComCharge {
    /// Reads a body by its shape. A subscription is looked for first, because older ones carry a `transaction` that only
    /// sums up their last payment. A token comes wrapped (in an answer) or flat (in the notice that it expired).
    package static func decode(_ body: Fields) throws(Undecodable) -> Report {
        if try isSubscription(body) {
            return Report(subscription: try subscription(in: body))
        }
        if let report = try checkout(in: body.object("checkout")) {
            return report
        }
        if body.says("order"), body.says("finished") || body.says("expired"), let report = try checkout(in: body) {
            return report
        }
        return try transaction(in: body.object("transaction"))
    }

    /// A transaction: the root of a payment is a payment and its first operation, a child only an operation.
    private static func transaction(in fields: Fields) throws(Undecodable) -> Report {
        guard let uid = try fields.identifier("uid") else { return Report() }
        let parentID = try fields.identifier("parent_uid")
        let type = try fields.text("type")
        let word = try fields.text("status")
        var operation = try operation(uid, type: type, word: word, in: fields)
        operation?.parentID = parentID
        return Report(
            payment: parentID == nil ? try payment(uid, in: fields) : nil,
            operations: operation.map { [$0] } ?? []
        )
    }

    /// What a root transaction says of its payment, whose status is the fold of its operations.
    static func payment(_ uid: String, in fields: Fields) throws(Undecodable) -> PaymentReport {
        var payment = PaymentReport(id: uid)
        payment.reference = try fields.label("tracking_id")
        payment.checkoutToken = try fields.object("additional_data").object("vendor").text("token")
        payment.type = try fields.text("type")
        let method = try fields.text("payment_method_type")
        let otherMethod = try fields.text("method_type")
        payment.method = method ?? otherMethod
        payment.amount = try fields.amount("amount")
        payment.currency = try fields.text("currency")
        payment.isTest = try fields.flag("test")
        payment.code = try fields.label("code")
        payment.message = try fields.text("message")
        payment.gatewayTime = try fields.time("updated_at")
        try addSurcharge(of: fields, to: &payment)
        return payment
    }

    /// The merchant's own amount and what was put on it, in the older form (beside the amount) or the newer one
    /// (`adjustments`).
    static func addSurcharge(of order: Fields, to payment: inout PaymentReport) throws(Undecodable) {
        let adjustments = try order.object("additional_data").object("adjustments")
        let initial = try order.amount("initial_amount")
        let surcharge = try order.amount("surcharge_amount")
        let adjusted = try adjustments.amount("initial_amount")
        let adjustment = try adjustments.amount("adjustment_amount")
        payment.initialAmount = initial ?? adjusted ?? payment.initialAmount
        payment.surcharge = surcharge ?? adjustment ?? payment.surcharge
    }

    /// What a transaction says of itself as an operation; nil without a status. The section named after its type has a
    /// status too, which may lag behind, and is not looked at.
    static func operation(
        _ uid: String,
        type: String?,
        word: String?,
        in fields: Fields
    ) throws(Undecodable) -> OperationReport? {
        guard let word else { return nil }
        var operation = OperationReport(
            id: uid,
            kind: transactionTypes.kind(type),
            status: transactionWords.status(word)
        )
        operation.type = type
        operation.amount = try fields.amount("amount")
        operation.currency = try fields.text("currency")
        operation.code = try fields.label("code")
        operation.message = try fields.text("message")
        operation.isTest = try fields.flag("test")
        operation.createdAt = try fields.time("created_at")
        operation.gatewayTime = try fields.time("updated_at")
        operation.correctedAt = try fields.time("manually_corrected_at")
        return operation
    }
}
