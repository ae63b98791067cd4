package import Payments

extension EComCharge {
    /// Decodes a body by its shape. Subscriptions are checked first, because older ones carry a `transaction` that only
    /// sums up their last payment. A token comes wrapped (in an answer) or flat (in the notice that it expired).
    package static func decode(_ body: ObjectReader) throws(DecodingFailure) -> Report {
        if let fields = subscriptionFields(in: body) {
            guard let subscription = try subscription(in: fields) else { return Report() }
            var report = Report(subscription: subscription)
            report.tokens = tokens(in: fields, of: subscription)
            return report
        }
        if let fields = try checkoutFields(in: body), let report = try checkout(in: fields) {
            return report
        }
        return try transaction(in: body.object(deciding: "transaction"))
    }

    /// A transaction, or the one that a token led to. The last transaction of a subscription is polled anyway.
    package static func mention(in body: ObjectReader) throws(DecodingFailure) -> Mention? {
        guard subscriptionFields(in: body) == nil else { return nil }
        if let fields = try checkoutFields(in: body) {
            return try section(in: fields)?.fields.identifier(deciding: "uid").map { Mention(paymentID: $0) }
        }
        let transaction = try body.object(deciding: "transaction")
        let parentID = try transaction.identifier(deciding: "parent_uid")
        return try transaction.identifier(deciding: "uid").map { uid in
            Mention(paymentID: parentID ?? uid, operationID: parentID == nil ? nil : uid)
        }
    }

    private static func checkoutFields(in body: ObjectReader) throws(DecodingFailure) -> ObjectReader? {
        let wrapped = try body.object(deciding: "checkout")
        if wrapped.contains("token") { return wrapped }
        return body.contains("token") && body.contains("order")
            && (body.contains("finished") || body.contains("expired")) ? body : nil
    }

    /// A transaction: the root of a payment gives a payment and its first operation, a child only an operation.
    private static func transaction(in fields: ObjectReader) throws(DecodingFailure) -> Report {
        guard let uid = try fields.identifier(deciding: "uid") else { return Report() }
        let parentID = try fields.identifier(deciding: "parent_uid")
        let type = try fields.text(deciding: "type")
        let word = try fields.text(deciding: "status")
        var operation = try operation(uid, type: type, word: word, in: fields)
        operation?.parentID = parentID
        let operations = operation.map { [$0] } ?? []
        guard parentID == nil else { return Report(operations: operations) }
        var payment = try payment(uid, type: type, in: fields)
        payment.credentials = credentials(in: fields, after: operation?.status)
        return Report(payment: payment, operations: operations)
    }

    /// The payment that a root transaction describes; its status is the fold of its operations.
    static func payment(_ uid: String, type: String?, in fields: ObjectReader) throws(DecodingFailure) -> PaymentReport
    {
        var payment = PaymentReport(id: uid)
        payment.reference = fields.reference("tracking_id") ?? fields.object("erip").reference("account_number")
        payment.checkoutToken = fields.object("additional_data").object("vendor").name("token")
        payment.type = type
        payment.purpose = type.map { purposes[$0] ?? .unknown }
        payment.method = fields.text("payment_method_type") ?? fields.text("method_type")
        payment.amount = try fields.amount(deciding: "amount")
        payment.currency = try fields.text(deciding: "currency")
        payment.isTest = try fields.flag(deciding: "test")
        payment.code = fields.label("code")
        payment.message = fields.text("message")
        payment.gatewayTime = fields.time("updated_at")
        payment.card = Card(ecomcharge: fields.object("credit_card")).ifKnown
        payment.paidAt = fields.time("paid_at")
        payment.settledAt = fields.time("settled_at")
        payment.expiresAt = fields.time("expired_at")
        try addSurcharge(of: fields, to: &payment)
        return payment
    }

    /// Reads the merchant's own amount and the surcharge, in the older form (beside the amount) or the newer one
    /// (`adjustments`).
    static func addSurcharge(of order: ObjectReader, to payment: inout PaymentReport) throws(DecodingFailure) {
        let adjustments = order.object("additional_data").object("adjustments")
        let initial = try order.amount(deciding: "initial_amount")
        let surcharge = try order.amount(deciding: "surcharge_amount")
        let adjusted = try adjustments.amount(deciding: "initial_amount")
        let adjustment = try adjustments.amount(deciding: "adjustment_amount")
        payment.initialAmount = initial ?? adjusted ?? payment.initialAmount
        payment.surcharge = surcharge ?? adjustment ?? payment.surcharge
    }

    /// A transaction as an operation; nil without a status. The section named after its type has a status too, which
    /// may lag behind and is ignored; what the acquirer reported is read from there.
    static func operation(
        _ uid: String,
        type: String?,
        word: String?,
        in fields: ObjectReader
    ) throws(DecodingFailure) -> OperationReport? {
        guard let word else { return nil }
        let status = transactionStatus(word)
        var operation = OperationReport(id: uid, kind: transactionTypes.kind(type), status: status)
        operation.type = type
        operation.amount = try fields.amount(deciding: "amount")
        operation.currency = try fields.text(deciding: "currency")
        operation.code = fields.label("code")
        operation.message = fields.text("message")
        operation.decline = declines.decline(operation.code, of: status)
        let acquirer = acquirerSection(of: type, in: fields)
        operation.rrn = acquirer?.label("rrn") ?? fields.label("rrn")
        operation.authCode = acquirer?.label("auth_code") ?? fields.label("auth_code")
        operation.receiptURL = fields.text("receipt_url")
        operation.isTest = try fields.flag(deciding: "test")
        operation.createdAt = fields.time("created_at")
        operation.gatewayTime = fields.time("updated_at")
        operation.correctedAt = fields.time("manually_corrected_at")
        return operation
    }

    private static func acquirerSection(of type: String?, in fields: ObjectReader) -> ObjectReader? {
        guard let type, transactionTypes[type] != nil, fields.holdsContainer(type) else { return nil }
        return fields.object(type)
    }
}

extension EComCharge {
    /// The token of the card that a transaction was made with; none unless the transaction succeeded.
    static func credentials(in transaction: ObjectReader, after status: Status?) -> StoredCredentials {
        var credentials = StoredCredentials()
        guard let status, status.state == .succeeded else { return credentials }
        credentials.cardToken = transaction.object("credit_card").name("token")
        return credentials
    }

    /// The subscription itself, which is charged by its id, and the card behind it.
    static func tokens(in body: ObjectReader, of subscription: SubscriptionReport) -> [TokenReport] {
        let card = cardToken(in: body.object("card"))
        var own = TokenReport(kind: .subscription, token: subscription.id)
        own.card = card?.card
        own.expiresOn = card?.expiresOn
        let customerID = body.object("customer").label("id")
        return [own, card].compactMap(\.self).map { token in
            var token = token
            token.customerID = customerID
            token.reference = subscription.reference
            token.paymentID = subscription.paymentID
            return token
        }
    }

    private static func cardToken(in card: ObjectReader) -> TokenReport? {
        guard let text = card.name("token") else { return nil }
        var token = TokenReport(kind: .card, token: text)
        token.card = Card(ecomcharge: card).ifKnown
        token.expiresOn = token.card?.expiry
        return token
    }
}

extension Card {
    init(ecomcharge fields: ObjectReader) {
        let expiry = Card.expiry(month: fields.label("exp_month"), year: fields.label("exp_year"))
        self.init(brand: fields.text("brand"), last4: fields.label("last_4"), expiry: expiry)
    }
}
