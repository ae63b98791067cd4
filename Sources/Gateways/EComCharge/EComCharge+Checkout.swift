import Payments

extension EComCharge {
    /// A payment token, and the transaction that it has led to so far; nil if there is no token.
    ///
    /// That transaction is a section of `gateway_response`, merged from several sources; what it lacks (reference, test,
    /// in older answers the type, amount and status) the token has.
    static func checkout(in fields: Fields) throws(Undecodable) -> Report? {
        guard let token = try fields.identifier("token") else { return nil }
        let order = try fields.object("order")
        let transaction = try fields.object("gateway_response").firstObject(saying: "uid")
        let uid = try transaction?.identifier("uid")
        let ownWord = try fields.text("status")
        let transactionWord = try transaction?.text("status")

        let isFinished = try fields.flag("finished") ?? false
        let isExpired = try fields.flag("expired") ?? false
        var checkout = CheckoutReport(
            token: token,
            status: checkoutStatus(ownWord ?? transactionWord, isFinished: isFinished, isExpired: isExpired),
            isFinished: isFinished,
            isExpired: isExpired
        )
        checkout.reference = try order.label("tracking_id")
        checkout.isTest = try fields.flag("test")
        checkout.amount = try order.amount("amount")
        checkout.currency = try order.text("currency")
        checkout.paymentID = uid
        guard let uid, let transaction else { return Report(checkout: checkout) }

        var payment = try payment(uid, in: transaction)
        payment.checkoutToken = token
        payment.reference = payment.reference ?? checkout.reference
        payment.amount = payment.amount ?? checkout.amount
        payment.currency = payment.currency ?? checkout.currency
        payment.isTest = payment.isTest ?? checkout.isTest
        try addSurcharge(of: order, to: &payment)

        let type = try fields.text("transaction_type")
        payment.type = payment.type ?? type

        var operation = try operation(uid, type: payment.type, word: transactionWord ?? ownWord, in: transaction)
        operation?.amount = payment.amount
        operation?.currency = payment.currency
        operation?.isTest = payment.isTest
        return Report(payment: payment, operations: operation.map { [$0] } ?? [], checkout: checkout)
    }

    /// How a token stands. It succeeds only when it is finished with success. Anything else that is known is still open
    /// until the token expires: `error` says that nobody has paid yet, and after a failed attempt another may follow.
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
