import Payments

extension Ecommpay {
    /// The status of a payment.
    static func paymentStatus(_ word: String) -> Status {
        Status(word: word, state: paymentWords[word] ?? .unknown, nuance: paymentNuances[word])
    }

    /// The statuses of payments. Unlisted, and therefore unknown: `initial` and `decline renewal`, whose meaning is not
    /// documented.
    private static let paymentWords = Words<State>([
        .pending: [
            "processing", "external processing", "scheduled recurring processing", "awaiting 3ds result",
            "awaiting redirect result", "awaiting clarification", "awaiting clarify data", "awaiting customer",
            "awaiting customer action", "awaiting merchant auth", "awaiting approval", "awaiting confirmation",
            "awaiting finalization", "awaiting payment", "invoice sent", "awaiting retry", "awaiting clearing",
            "awaiting partially clearing", "clearing processing", "partially paid", "partially paid out",
        ],
        .authorized: ["awaiting capture"],
        .succeeded: ["success"],
        .failed: ["decline", "error", "internal error", "external error"],
        .cancelled: ["canceled", "cancelled", "invoice cancelled"],
        .expired: ["expired"],
        .partiallyRefunded: ["partially refunded", "partially reversed"],
        .refunded: ["refunded", "reversed"],
    ])

    /// Open banking: the sale may have succeeded, but the money has not come.
    private static let paymentNuances = Words<Status.Nuance>([.unconfirmed: ["awaiting confirmation"]])

    /// The types of payments, and what they are for.
    static let purposes = Words<Purpose>([
        .purchase: ["purchase", "recurring", "invoice"],
        .payout: ["payout"],
        .verification: ["account verification"],
    ])

    /// The statuses of operations.
    static let operationWords = Words<State>([
        .pending: [
            "processing", "external processing", "awaiting 3ds result", "awaiting redirect result",
            "awaiting clarification", "awaiting customer", "awaiting customer action", "awaiting merchant auth",
            "awaiting approval", "awaiting confirmation", "awaiting finalization", "awaiting payment", "invoice sent",
        ],
        .succeeded: ["success"],
        .failed: ["decline", "error", "internal error", "external error"],
        .cancelled: ["invoice cancelled"],
        .expired: ["expired"],
    ])

    /// The types of operations. Those that move no money are checks, steps and fees.
    static let operationTypes = Words<OperationKind>([
        .payment: ["sale"],
        // An `incremental` raises a hold.
        .authorization: ["auth", "incremental"],
        .recurring: ["recurring"],
        .capture: ["capture"],
        .void: ["cancel"],
        .refund: ["refund", "reversal"],
        .refundReversal: ["refund reverse"],
        .payout: ["payout"],
        .manualChange: ["manual change"],
        .other: [
            "account verification", "recurring update", "recurring cancel", "invoice", "customer action",
            "payment confirmation", "contract registration", "capture settlement", "commission", "create cash voucher",
        ],
    ])
}
