import Payments

/// Histories of payments, as the gateways would report them: the content of each callback, in the order of the events.
struct History: Sendable, CustomStringConvertible {
    struct Step: Sendable {
        var payment: PaymentReport?
        var operations: [OperationReport]
    }

    let description: String
    let id: String
    let isFolded: Bool
    let steps: [Step]
    /// The payment's real state after the last step.
    let end: State
    let refunded: Int64
    /// The merchant's balance then.
    let balance: Int64
    /// Whether callbacks alone, in their own order, lead to the end state.
    let isTakenAtItsWord: Bool

    /// The status endpoint's answer after the last step.
    var answer: Step {
        guard isFolded else {
            var payment = steps.last { $0.payment != nil }?.payment
            payment?.gatewayTime = steps.compactMap { $0.payment?.gatewayTime }.max()
            return Step(payment: payment, operations: latestOperations)
        }
        // At eComCharge each transaction is polled by itself; a payment's own answer is its root's.
        return Step(payment: PaymentReport(id: id), operations: latestOperations.filter { $0.id == id })
    }

    /// The answers about the children, which are polled by themselves.
    var childAnswers: [Step] {
        guard isFolded else { return [] }
        return latestOperations.filter { $0.id != id }.map { Step(payment: nil, operations: [$0]) }
    }

    private var latestOperations: [OperationReport] {
        var latest: [OperationReport] = []
        for operation in steps.flatMap(\.operations) {
            if let index = latest.firstIndex(where: { $0.id == operation.id }) {
                latest[index] = operation
            } else {
                latest.append(operation)
            }
        }
        return latest
    }
}

extension History {
    static let all = ecommpay + ecomcharge

    static let ecommpay: [History] = [
        stated("3-D Secure, then success", .succeeded, balance: 100) {
            said("processing", .pending, "1", .payment, .pending, at: 1)
            said("awaiting 3ds result", .pending, "1", .payment, .pending, at: 4)
            said("success", .succeeded, "1", .payment, .succeeded, at: 9)
        },
        stated("declined", .failed) {
            said("processing", .pending, "1", .payment, .pending, at: 1)
            said("decline", .failed, "1", .payment, .failed, at: 5)
        },
        stated("a declined attempt, then another one succeeds", .succeeded, balance: 100) {
            said("processing", .pending, "1", .payment, .pending, at: 1)
            said("awaiting customer", .pending, "1", .payment, .failed, at: 10)
            said("processing", .pending, "2", .payment, .pending, at: 20)
            said("success", .succeeded, "2", .payment, .succeeded, at: 30)
        },
        stated("late success after a decline", .succeeded, balance: 100) {
            said("decline", .failed, "1", .payment, .failed, at: 5)
            said("success", .succeeded, "2", .payment, .succeeded, at: 300)
        },
        stated("held, then captured", .succeeded, balance: 100) {
            said("awaiting capture", .authorized, "1", .authorization, .succeeded, at: 2)
            said("success", .succeeded, "2", .capture, .succeeded, at: 3600)
        },
        stated("held, then captured in part: the stated sum is what was captured", .succeeded, balance: 30) {
            said("awaiting capture", .authorized, "1", .authorization, .succeeded, at: 2)
            said("success", .succeeded, "2", .capture, .succeeded, at: 3600, amount: 30, sum: 30)
        },
        stated("a stored card holds, then a capture takes", .succeeded, balance: 100) {
            said("awaiting capture", .authorized, "1", .recurring, .succeeded, at: 2)
            said("success", .succeeded, "2", .capture, .succeeded, at: 3600)
        },
        stated("held, then released", .cancelled) {
            said("awaiting capture", .authorized, "1", .authorization, .succeeded, at: 2)
            said("canceled", .cancelled, "2", .void, .succeeded, at: 3600)
        },
        stated("refunded in two parts", .refunded, refunded: 100) {
            said("success", .succeeded, "1", .payment, .succeeded, at: 2)
            said("partially refunded", .partiallyRefunded, "2", .refund, .succeeded, at: 3600, amount: 40)
            said("refunded", .refunded, "3", .refund, .succeeded, at: 7200, amount: 60)
        },
        stated("refunded in two parts: the stated sum is the balance", .refunded, refunded: 100) {
            said("success", .succeeded, "1", .payment, .succeeded, at: 2)
            said("partially refunded", .partiallyRefunded, "2", .refund, .succeeded, at: 3600, amount: 40, sum: 60)
            said("refunded", .refunded, "3", .refund, .succeeded, at: 7200, amount: 60, sum: 0)
        },
        stated("a refund is under way, then succeeds", .partiallyRefunded, refunded: 40, balance: 60) {
            said("success", .succeeded, "1", .payment, .succeeded, at: 2)
            said("processing", .pending, "2", .refund, .pending, at: 3600, amount: 40)
            said("partially refunded", .partiallyRefunded, "2", .refund, .succeeded, at: 7200, amount: 40, sum: 60)
        },
        stated("a refund is under way, then declined", .succeeded, balance: 100) {
            said("success", .succeeded, "1", .payment, .succeeded, at: 2)
            said("processing", .pending, "2", .refund, .pending, at: 3600, amount: 40)
            said("success", .succeeded, "2", .refund, .failed, at: 7200, amount: 40)
        },
        // Refunded is a final state: only an answer leads back from it.
        stated("a refund is undone", .succeeded, balance: 100, isTakenAtItsWord: false) {
            said("success", .succeeded, "1", .payment, .succeeded, at: 2)
            said("refunded", .refunded, "2", .refund, .succeeded, at: 3600, sum: 0)
            said("success", .succeeded, "3", .refundReversal, .succeeded, at: 7200)
        },
    ]

    static let ecomcharge: [History] = [
        folded("pending, then successful", .succeeded, balance: 100) {
            transaction("r", .payment, "pending", .pending, at: 1)
            transaction("r", .payment, "successful", .succeeded, at: 60)
        },
        folded("an ERIP request that fails and is then paid", .succeeded, balance: 100) {
            transaction("r", .payment, "pending", .pending, at: 1)
            transaction("r", .payment, "failed", .failed, at: 60)
            transaction("r", .payment, "successful", .succeeded, at: 180)
        },
        folded("held, captured in part, refunded", .refunded, refunded: 70) {
            transaction("r", .authorization, "successful", .succeeded, at: 1)
            transaction("c", .capture, "successful", .succeeded, at: 60, amount: 70, parent: "r")
            transaction("b", .refund, "pending", .pending, at: 90, amount: 70, parent: "r")
            transaction("b", .refund, "successful", .succeeded, at: 120, amount: 70, parent: "r")
        },
        folded("held, captured in two parts", .succeeded, balance: 90) {
            transaction("r", .authorization, "successful", .succeeded, at: 1)
            transaction("c", .capture, "successful", .succeeded, at: 60, amount: 30, parent: "r")
            transaction("d", .capture, "successful", .succeeded, at: 90, amount: 60, parent: "r")
        },
        folded("held, captured and refunded without amounts", .refunded, refunded: 100) {
            transaction("r", .authorization, "successful", .succeeded, at: 1)
            transaction("c", .capture, "successful", .succeeded, at: 60, amount: nil, parent: "r")
            transaction("b", .refund, "successful", .succeeded, at: 90, amount: nil, parent: "r")
        },
        folded("held, then released", .cancelled) {
            transaction("r", .authorization, "successful", .succeeded, at: 1)
            transaction("v", .void, "successful", .succeeded, at: 60, parent: "r")
        },
        folded("paid, then voided whole", .cancelled) {
            transaction("r", .payment, "successful", .succeeded, at: 1)
            transaction("v", .void, "successful", .succeeded, at: 60, amount: nil, parent: "r")
        },
        folded("refunds of which one fails", .partiallyRefunded, refunded: 30, balance: 70) {
            transaction("r", .payment, "successful", .succeeded, at: 1)
            transaction("x", .refund, "failed", .failed, at: 60, amount: 50, parent: "r")
            transaction("y", .refund, "successful", .succeeded, at: 90, amount: 30, parent: "r")
        },
        folded("charged back", .chargedBack) {
            transaction("r", .payment, "successful", .succeeded, at: 1)
            transaction("k", .chargeback, "successful", .succeeded, at: 9000, parent: "r")
        },
        folded("refunded in part, then charged back in part", .chargedBack, refunded: 20, balance: 50) {
            transaction("r", .payment, "successful", .succeeded, at: 1)
            transaction("b", .refund, "successful", .succeeded, at: 60, amount: 20, parent: "r")
            transaction("k", .chargeback, "successful", .succeeded, at: 9000, amount: 30, parent: "r")
        },
    ]

    private static func stated(
        _ description: String,
        _ end: State,
        refunded: Int64 = 0,
        balance: Int64 = 0,
        isTakenAtItsWord: Bool = true,
        @StepBuilder steps: () -> [Step]
    ) -> History {
        History(
            description: "ecommpay: \(description)",
            id: "EP-1",
            isFolded: false,
            steps: steps(),
            end: end,
            refunded: refunded,
            balance: balance,
            isTakenAtItsWord: isTakenAtItsWord
        )
    }

    private static func folded(
        _ description: String,
        _ end: State,
        refunded: Int64 = 0,
        balance: Int64 = 0,
        isTakenAtItsWord: Bool = true,
        @StepBuilder steps: () -> [Step]
    ) -> History {
        History(
            description: "eComCharge: \(description)",
            id: "r",
            isFolded: true,
            steps: steps(),
            end: end,
            refunded: refunded,
            balance: balance,
            isTakenAtItsWord: isTakenAtItsWord
        )
    }

    private static func said(
        _ word: String,
        _ state: State,
        _ operation: String,
        _ kind: OperationKind,
        _ operationState: State,
        at seconds: Int64,
        amount: Int64 = 100,
        sum: Int64 = 100
    ) -> Step {
        var payment = PaymentReport(id: "EP-1")
        payment.status = Status(word: word, state: state)
        payment.type = "purchase"
        payment.purpose = .purchase
        payment.amount = sum
        payment.currency = "EUR"
        payment.gatewayTime = Timestamp(milliseconds: seconds * 1000)
        let report = operationReport(operation, kind, "\(operationState)", operationState, at: seconds, amount: amount)
        return Step(payment: payment, operations: [report])
    }

    private static func transaction(
        _ uid: String,
        _ kind: OperationKind,
        _ word: String,
        _ state: State,
        at seconds: Int64,
        amount: Int64? = 100,
        parent: String? = nil
    ) -> Step {
        var payment = PaymentReport(id: uid)
        payment.type = "\(kind)"
        payment.purpose = .purchase
        var report = operationReport(uid, kind, word, state, at: seconds, amount: amount)
        report.parentID = parent
        return Step(payment: parent == nil ? payment : nil, operations: [report])
    }

    private static func operationReport(
        _ id: String,
        _ kind: OperationKind,
        _ word: String,
        _ state: State,
        at seconds: Int64,
        amount: Int64?
    ) -> OperationReport {
        var report = OperationReport(id: id, kind: kind, status: Status(word: word, state: state))
        report.type = "\(kind)"
        report.amount = amount
        report.currency = "EUR"
        report.gatewayTime = Timestamp(milliseconds: seconds * 1000)
        return report
    }
}

@resultBuilder enum StepBuilder {
    static func buildBlock(_ steps: History.Step...) -> [History.Step] { steps }
}
