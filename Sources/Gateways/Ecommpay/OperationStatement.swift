import Payments

/// What an ecommpay body says of one operation.
struct OperationStatement {
    /// A code and what it means, in the gateway's words.
    struct Result {
        let code: String?
        let message: String?

        var isSaid: Bool { code != nil || message != nil }
    }

    /// nil without an id (it may be missing when a request was refused) or a status: then nothing can be recorded of it.
    let report: OperationReport?
    let result: Result
    let time: Moment?

    init(_ fields: Fields) throws(Undecodable) {
        result = Result(code: try fields.label("code"), message: try fields.text("message"))
        time = try fields.time("date")
        let id = try fields.identifier("id")
        let type = try fields.text("type")
        let word = try fields.text("status")
        let initial = try Sum("sum_initial", in: fields)
        let plain = try Sum("sum", in: fields)
        let createdAt = try fields.time("created_date")
        guard let id, let word else {
            report = nil
            return
        }
        let sum = initial.isSaid ? initial : plain
        var report = OperationReport(
            id: id,
            kind: Ecommpay.operationTypes.kind(type),
            status: Ecommpay.operationWords.status(word)
        )
        report.type = type
        report.amount = sum.amount
        report.currency = sum.currency
        report.code = result.code
        report.message = result.message
        report.createdAt = createdAt
        report.gatewayTime = time
        self.report = report
    }
}
