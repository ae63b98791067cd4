import Payments

extension EComCharge {
    /// The token of the card that a transaction was made with; none unless the transaction succeeded.
    static func credentials(in transaction: ObjectReader, after status: Status?) -> StoredCredentials {
        var credentials = StoredCredentials()
        guard let status, status.state == .succeeded else { return credentials }
        credentials.cardToken = transaction.object("credit_card").text("token")
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
        guard let text = card.text("token") else { return nil }
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
