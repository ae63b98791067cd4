package import Payments

extension Ecommpay {
    /// Reads a payment body in any of its forms: with one `operation` (callbacks), with `operations` (status answers, and
    /// older callbacks with their `general`, `transaction` and `sum_request`), or with none (a request that was refused).
    ///
    /// The report is empty for a body of another kind (a token, a recurring registration), and for one that names a
    /// payment without its status (redirect data): what it says of operations would have no payment to stand under.
    package static func decode(_ body: Fields) throws(Undecodable) -> Report {
        let token = try body.text("token")
        let tokenStatus = try body.text("token_status")
        guard token == nil || tokenStatus == nil, var payment = try payment(in: body) else { return Report() }

        let operations = try operations(in: body)
        for time in operations.compactMap(\.time) {
            payment.gatewayTime = max(payment.gatewayTime ?? time, time)
        }
        let results = [latest(of: operations)?.result, try legacyResult(in: body), try firstError(in: body)]
        if let result = results.lazy.compactMap(\.self).first(where: \.isSaid) {
            payment.code = result.code
            payment.message = result.message
        }
        let reports = operations.compactMap(\.report)
        payment.isRequestError = reports.isEmpty && payment.status?.word?.lowercased() == "error"
        return Report(payment: payment, operations: reports)
    }

    /// The payment without what its operations say of it; nil if there is none, or its status is not said.
    private static func payment(in body: Fields) throws(Undecodable) -> PaymentReport? {
        let fields = try body.object("payment")
        let id = try fields.identifier("id")
        let legacyID = try body.object("general").identifier("payment_id")
        let word = try fields.text("status")
        guard let id = id ?? legacyID, let word else { return nil }

        var payment = PaymentReport(id: id)
        payment.reference = id
        payment.status = paymentWords.status(word)
        let type = try fields.text("type")
        let legacyType = try body.object("transaction").text("type")
        payment.type = type ?? legacyType
        payment.method = try fields.text("method")
        payment.gatewayTime = try fields.time("date")
        let sums = [try Sum("sum", in: fields), try Sum("sum_request", in: body), try Sum("sum_real", in: body)]
        let sum = sums.first(where: \.isSaid)
        payment.amount = sum?.amount
        payment.currency = sum?.currency
        return payment
    }

    private static func legacyResult(in body: Fields) throws(Undecodable) -> OperationStatement.Result {
        let payment = try body.object("payment")
        return .init(code: try payment.label("result_code"), message: try payment.text("result_message"))
    }

    private static func firstError(in body: Fields) throws(Undecodable) -> OperationStatement.Result? {
        guard let error = try body.list("errors").first else { return nil }
        return .init(code: try error.label("code"), message: try error.text("message"))
    }

    /// Every operation that the body tells of. The one under `operation` is what the body is about, so it comes last, and
    /// is taken instead of its copy among `operations`.
    private static func operations(in body: Fields) throws(Undecodable) -> [OperationStatement] {
        var statements: [OperationStatement] = []
        for fields in try body.list("operations") {
            statements.append(try OperationStatement(fields))
        }
        let single = try body.object("operation")
        guard single.isSaid else { return statements }
        let last = try OperationStatement(single)
        if let id = last.report?.id {
            statements.removeAll { $0.report?.id == id }
        }
        return statements + [last]
    }

    /// The operation whose code and message are the payment's: the latest by its date, else by its place.
    private static func latest(of operations: [OperationStatement]) -> OperationStatement? {
        operations.reduce(nil) { latest, next in
            guard let latest, let before = latest.time, let now = next.time, now < before else { return next }
            return latest
        }
    }
}
