package import Payments

extension Ecommpay {
    /// Decodes a payment body in any of its forms: with one `operation` (callbacks), with `operations` (status answers,
    /// and older callbacks with their `general`, `transaction` and `sum_request`), or with none (a request that was
    /// refused).
    ///
    /// The report has no payment for a body of another kind (a token, a recurring registration), nor for one that names
    /// a payment without its status (redirect data): operations in it would have no payment to belong to.
    package static func decode(_ body: ObjectReader) throws(DecodingFailure) -> Report {
        guard !body.contains("token") || !body.contains("token_status") else {
            var report = Report()
            report.tokens = savedCard(in: body).map { [$0] } ?? []
            return report
        }
        guard var payment = try payment(in: body) else {
            var report = Report()
            let named = try mention(in: body)
            report.tokens = named == nil ? registration(in: body).map { [$0] } ?? [] : []
            return report
        }

        let operations = try operations(in: body)
        for time in operations.compactMap(\.time) {
            payment.gatewayTime = max(payment.gatewayTime ?? time, time)
        }
        let state = payment.status?.state ?? .unknown
        if let result = result(of: state, after: operations, in: body) {
            payment.code = result.code
            payment.message = result.message
        }
        var reports = operations.compactMap(\.report)
        if reports.count == 1 {
            addNumbers(in: body, to: &reports[0])
        }
        payment.listsOperations = body.holdsContainer("operations") && !reports.isEmpty
        payment.isRequestError = reports.isEmpty && payment.status?.word?.lowercased() == "error"
        if payment.isRequestError, isNotFound(in: body) {
            payment.status = Status(word: payment.status?.word, state: .pending)
        }
        if isPaidOrHeld(state) { payment.credentials = credentials(in: body) }
        return Report(payment: payment, operations: reports)
    }

    package static func mention(in body: ObjectReader) throws(DecodingFailure) -> Mention? {
        let id = try body.object(deciding: "payment").identifier(deciding: "id")
        let legacyID = try body.object(deciding: "general").identifier(deciding: "payment_id")
        return (id ?? legacyID).map { Mention(paymentID: $0) }
    }

    /// The payment without its operations; nil if there is none, or it has no status.
    private static func payment(in body: ObjectReader) throws(DecodingFailure) -> PaymentReport? {
        let fields = try body.object(deciding: "payment")
        let id = try mention(in: body)?.paymentID
        let word = try fields.text(deciding: "status")
        guard let id, let word else { return nil }

        var payment = PaymentReport(id: id)
        payment.reference = id
        payment.status = paymentStatus(word)
        let type = try fields.text(deciding: "type")
        let legacyType = try body.object(deciding: "transaction").text(deciding: "type")
        payment.type = type ?? legacyType
        payment.purpose = payment.type.map { purposes[$0] ?? .unknown }
        payment.method = fields.text("method")
        payment.gatewayTime = fields.time("date")
        let sums = [
            try EcommpayAmount("sum", in: fields), try EcommpayAmount("sum_request", in: body),
            try EcommpayAmount("sum_real", in: body),
        ]
        let sum = sums.first(where: \.isPresent)
        payment.amount = sum?.amount
        payment.currency = sum?.currency
        payment.card = Card(ecommpay: body.object("account"), month: "expiry_month", year: "expiry_year").ifKnown
        return payment
    }

    /// Code 3061, "transaction not found": the buyer left the payment form, and may still pay.
    private static func isNotFound(in body: ObjectReader) -> Bool {
        body.list("errors").contains { $0.label("code") == "3061" }
    }

    private static func isPaidOrHeld(_ state: State) -> Bool {
        switch state {
        case .authorized, .succeeded, .partiallyRefunded, .refunded: true
        case .pending, .failed, .cancelled, .expired, .chargedBack, .unknown: false
        }
    }

    /// The code and message of the payment: those of the operation that brought its state. nil if the body contains
    /// operations but none of them did (a declined refund leaves a payment as it is).
    private static func result(
        of state: State,
        after operations: [EcommpayOperation],
        in body: ObjectReader
    ) -> EcommpayOperation.Result? {
        let operation = latest(of: operations.filter { $0.mayHaveBrought(state) })
        guard operation != nil || operations.isEmpty else { return nil }
        let payment = body.object("payment")
        let legacy = EcommpayOperation.Result(
            code: payment.label("result_code"),
            message: payment.text("result_message")
        )
        let error = body.list("errors").first.map { error in
            EcommpayOperation.Result(code: error.label("code"), message: error.text("message"))
        }
        return [operation?.result, legacy, error].lazy.compactMap(\.self).first(where: \.isPresent)
    }

    /// Every operation in the body. The one under `operation` is what the body is about, so it comes last and replaces
    /// its copy among `operations`.
    private static func operations(in body: ObjectReader) throws(DecodingFailure) -> [EcommpayOperation] {
        var statements: [EcommpayOperation] = []
        for fields in try body.list(deciding: "operations") {
            statements.append(try EcommpayOperation(fields))
        }
        let single = try body.object(deciding: "operation")
        guard single.isPresent else { return statements }
        let last = try EcommpayOperation(single)
        if let id = last.report?.id {
            statements.removeAll { $0.report?.id == id }
        }
        return statements + [last]
    }

    /// The latest by date, else by position.
    private static func latest(of operations: [EcommpayOperation]) -> EcommpayOperation? {
        operations.reduce(nil) { latest, next in
            guard let latest, let before = latest.time, let now = next.time, now < before else { return next }
            return latest
        }
    }

    /// The older form gives the numbers of its only operation at the root.
    private static func addNumbers(in body: ObjectReader, to operation: inout OperationReport) {
        operation.rrn = body.label("rrn")
        operation.authCode = operation.authCode ?? body.label("AuthCode") ?? body.label("auth_code")
    }
}

extension Ecommpay {
    /// The card of a callback that reports only a saved card; nil for any other body. The card is under `card`.
    static func savedCard(in body: ObjectReader) -> TokenReport? {
        guard let token = body.name("token"), let status = body.text("token_status") else { return nil }
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
        credentials.cardToken = body.object("account").name("token")
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
