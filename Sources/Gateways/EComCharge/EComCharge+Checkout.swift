import Payments

extension EComCharge {
    /// A payment token, and the transaction that it has led to so far; nil if there is no token.
    ///
    /// That transaction is a section of `gateway_response`, merged from several sources; what it lacks (reference, test,
    /// in older answers the type, amount and status) the token has. The section's key is a type.
    static func checkout(in fields: Fields) throws(Undecodable) -> Report? {
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
        checkout.reference = order.label("tracking_id")
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

    /// The section of the answer that tells of a transaction.
    static func section(in checkout: Fields) throws(Undecodable) -> (key: String, fields: Fields)? {
        try checkout.object(deciding: "gateway_response").firstObject(deciding: "uid")
    }

    /// How a token stands. It succeeds only when it is finished with success, however late. Anything else that is known is
    /// still open until the token expires: `error` says that nobody has paid yet, and after a failed attempt another may
    /// follow.
    ///
    /// Where neither the token nor its transaction has a status (older answers), the word is made from the flags.
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
