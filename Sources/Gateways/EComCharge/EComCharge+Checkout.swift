import Payments

extension EComCharge {
    /// A payment token, and the transaction that it has led to so far; nil if there is no token.
    ///
    /// That transaction is a section of `gateway_response`, merged from several sources; what it lacks (reference,
    /// test, in older answers the type, amount and status) the token has. The section's key is a type.
    static func checkout(in fields: ObjectReader) throws(DecodingFailure) -> Report? {
        guard let token = try fields.identifier(deciding: "token") else { return nil }
        let order = try fields.object(deciding: "order")
        let section = try section(in: fields)
        let uid = try section?.fields.identifier(deciding: "uid")
        let ownWord = try fields.text(deciding: "status")
        let transactionWord = try section?.fields.text(deciding: "status")

        let isFinished = try fields.flag(deciding: "finished") ?? false
        let isExpired = try fields.flag(deciding: "expired") ?? false
        var checkout = CheckoutReport(
            token: token,
            status: checkoutStatus(ownWord ?? transactionWord, isFinished: isFinished, isExpired: isExpired),
            isFinished: isFinished,
            isExpired: isExpired
        )
        checkout.reference = order.reference("tracking_id")
        checkout.isTest = try fields.flag(deciding: "test")
        checkout.amount = try order.amount(deciding: "amount")
        checkout.currency = try order.text(deciding: "currency")
        checkout.paymentID = uid
        checkout.expiresAt = order.time("expired_at") ?? fields.time("expired_at")
        guard let uid, let section else { return Report(checkout: checkout) }

        let ownType = try section.fields.text(deciding: "type")
        let tokenType = try fields.text(deciding: "transaction_type")
        let type = ownType ?? (transactionTypes[section.key] == nil ? nil : section.key) ?? tokenType
        var payment = try payment(uid, type: type, in: section.fields)
        payment.checkoutToken = token
        payment.reference = payment.reference ?? checkout.reference
        payment.amount = payment.amount ?? checkout.amount
        payment.currency = payment.currency ?? checkout.currency
        payment.isTest = payment.isTest ?? checkout.isTest
        try addSurcharge(of: order, to: &payment)

        var operation = try operation(uid, type: type, word: transactionWord ?? ownWord, in: section.fields)
        operation?.amount = payment.amount
        operation?.currency = payment.currency
        operation?.isTest = payment.isTest
        payment.credentials = credentials(in: section.fields, after: operation?.status)
        return Report(payment: payment, operations: operation.map { [$0] } ?? [], checkout: checkout)
    }

    /// The section of the answer that describes a transaction.
    static func section(in checkout: ObjectReader) throws(DecodingFailure) -> (key: String, fields: ObjectReader)? {
        try checkout.object(deciding: "gateway_response").firstObject(deciding: "uid")
    }

    /// The status of a token. It succeeds only when it is finished with success, however late. Any other known state
    /// stays open until the token expires: `error` means that nobody has paid yet, and after a failed attempt another
    /// may follow.
    ///
    /// If neither the token nor its transaction has a status (older answers), the word is made from the flags.
    private static func checkoutStatus(_ word: String?, isFinished: Bool, isExpired: Bool) -> Status {
        let meaning = word.map { transactionWords[$0] ?? .unknown }
        let word = word ?? (isExpired ? "expired" : isFinished ? "finished" : "pending")
        return switch (meaning, isFinished, isExpired) {
        case (.succeeded, true, _): Status(word: word, state: .succeeded)
        case (_, _, true): Status(word: word, state: .expired)
        case (.unknown, _, false): Status(word: word, state: .unknown)
        case (_, _, false): Status(word: word, state: .pending)
        }
    }
}

extension EComCharge {
    /// The subscription that a body is about, flat or wrapped (in answers); nil if it is about something else.
    static func subscriptionFields(in body: ObjectReader) -> ObjectReader? {
        if isSubscription(body) { return body }
        guard body.holdsContainer("subscription") else { return nil }
        let wrapped = body.object("subscription")
        return isSubscription(wrapped) ? wrapped : nil
    }

    private static func isSubscription(_ fields: ObjectReader) -> Bool {
        fields.contains("state") && fields.contains("plan") || fields.label("id")?.hasPrefix("sbs_") ?? false
    }

    /// A subscription; nil without an id or a state. Its money is in its last transaction, of which only the uid and
    /// time are read.
    static func subscription(in body: ObjectReader) throws(DecodingFailure) -> SubscriptionReport? {
        let id = try body.identifier(deciding: "id")
        guard let id, let word = try body.text(deciding: "state") else { return nil }
        var subscription = SubscriptionReport(
            id: id,
            status: subscriptionWords.status(word),
            standing: subscriptionStandings[word] ?? .unknown
        )
        subscription.event = body.text("event")
        subscription.reference = body.reference("tracking_id")
        try addPlan(body.object("plan"), to: &subscription)
        let last = body.object("last_transaction")
        let lastID = try last.identifier(deciding: "uid")
        let legacy = body.object("transaction")
        let legacyID = try legacy.identifier(deciding: "uid")
        subscription.paymentID = lastID ?? legacyID
        subscription.chargedAt = (lastID == nil ? legacy : last).time("created_at")
        subscription.paidCycles = body.count("paid_billing_cycles")
        subscription.renewsAt = body.time("renew_at")
        subscription.activeUntil = body.time("active_to")
        return subscription
    }

    /// A plan states its amount itself or in a nested `plan`: then the nested one is what is charged after the trial.
    private static func addPlan(_ plan: ObjectReader, to subscription: inout SubscriptionReport) throws(DecodingFailure)
    {
        subscription.plan = plan.text("title") ?? plan.label("id")
        let nested = try plan.object("plan").amount(deciding: "amount")
        let flat = try plan.amount(deciding: "amount")
        subscription.amount = nested ?? flat
        subscription.currency = try plan.text(deciding: "currency")
    }
}
