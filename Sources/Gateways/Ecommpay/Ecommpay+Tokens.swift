import Payments

extension Ecommpay {
    /// The card of a callback that reports only a saved card; nil for any other body. The card is under `card`.
    static func savedCard(in body: ObjectReader) -> TokenReport? {
        guard let token = body.text("token"), let status = body.text("token_status") else { return nil }
        var report = TokenReport(kind: .card, token: token)
        report.customerID = body.object("customer").label("id") ?? body.object("general").label("customer_id")
        report.card = Card(ecommpay: body.object("card"), month: "exp_month", year: "exp_year").ifKnown
        report.expiresOn = report.card?.expiry
        return isActive(status) ? report : nil
    }

    /// What the next charge needs after a payment: the card's token, and the registration for further payments.
    static func credentials(in body: ObjectReader) -> StoredCredentials {
        let registration = registration(in: body)
        var credentials = StoredCredentials()
        credentials.customerID = registration?.customerID ?? body.object("customer").label("id")
        credentials.cardToken = body.object("account").text("token")
        credentials.recurringID = registration?.token
        credentials.recurringExpiresOn = registration?.expiresOn
        return credentials
    }

    /// The registration for further payments, if it is active.
    static func registration(in body: ObjectReader) -> TokenReport? {
        let recurring = body.object("recurring")
        guard let id = recurring.label("id"), recurring.text("status").map(isActive) ?? true else { return nil }
        var report = TokenReport(kind: .recurring, token: id)
        let month = recurring.label("exp_month")
        let year = recurring.label("exp_year")
        report.expiresOn = recurring.text("valid_thru").flatMap(Self.day) ?? Card.expiry(month: month, year: year)
        report.customerID = body.object("customer").label("id")
        return report
    }

    private static func isActive(_ status: String) -> Bool { status.lowercased() == "active" }

    /// `2030-01` or `2030-01-31` at the beginning of a text.
    private static func day(in text: String) -> String? {
        let day = text.utf8.prefix(10)
        for length in [10, 7] where day.count >= length {
            let shape = day.prefix(length).map { $0.isDigit ? UInt8(ascii: "0") : $0 }
            if shape.elementsEqual("0000-00-00".utf8.prefix(length)) { return String(text.prefix(length)) }
        }
        return nil
    }
}

extension Card {
    /// A card as ecommpay describes it: its number with the middle masked. Without a masked number it is no card.
    init(ecommpay fields: ObjectReader, month: String, year: String) {
        let number = fields.text("number").flatMap { $0.utf8.contains(UInt8(ascii: "*")) ? $0.suffix(4) : nil }
        let last4 = number.flatMap { $0.utf8.count == 4 && $0.utf8.allSatisfy(\.isDigit) ? String($0) : nil }
        let brand = fields.text("type")
        let expiry = Card.expiry(month: fields.label(month), year: fields.label(year))
        self.init(brand: last4 == nil ? nil : brand, last4: last4, expiry: expiry)
    }
}
