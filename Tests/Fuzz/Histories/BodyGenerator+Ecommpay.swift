/// Makes ecommpay's bodies.
extension BodyGenerator {
    static let ecommpayPayments = (0..<6).map { "order-\($0)" }

    private static let paymentWords = [
        "success", "success", "processing", "decline", "awaiting capture", "partially refunded", "refunded", "reversed",
        "canceled", "expired", "error", "awaiting confirmation",
    ]
    private static let operationWords = ["success", "success", "success", "processing", "decline", "expired"]
    static let ecommpayOperationTypes = [
        "sale", "auth", "incremental", "recurring", "capture", "cancel", "refund", "reversal", "refund reverse",
        "payout",
        "manual change", "commission",
    ]

    /// The body of a callback or of an answer, without its signature.
    ///
    /// - Parameter isAnswer: whether it lists operations.
    mutating func ecommpay(about id: String, isAnswer: Bool) -> String {
        let operations = (0..<pick([0, 1, 1, 2, 4])).map { _ in ecommpayOperation() }
        let listed = isAnswer || pick([true, false, false, false]) ? Self.list(operations) : nil
        return Self.object([
            "project_id": "240",
            "payment": Self.object([
                "id": Self.text(id),
                "type": word(["purchase", "purchase", "purchase", "recurring", "payout", "account verification"]),
                "status": word(Self.paymentWords),
                "date": time(),
                "method": sometimes(Self.text("card")),
                "sum": sometimes(sum()),
            ]),
            "account": sometimes(
                Self.object([
                    "number": Self.text("424242******4242"), "expiry_month": amount(), "expiry_year": amount(),
                ])
            ),
            "operations": listed,
            "operation": listed == nil ? operations.first : nil,
        ])
    }

    private mutating func ecommpayOperation() -> String {
        Self.object([
            "id": pick(["1", "2", "3", "4", "5", "9223372036854775807", "18446744073709551616"]),
            "type": word(Self.ecommpayOperationTypes),
            "status": word(Self.operationWords),
            "date": time(),
            "created_date": sometimes(time()),
            "sum_initial": sometimes(sum()),
            "sum": sometimes(sum()),
            "code": sometimes(amount()),
        ])
    }

    private mutating func sum() -> String { Self.object(["amount": amount(), "currency": currency()]) }
}
