import Payments

extension Ecommpay {
    /// The statuses of payments. Not listed, and so unknown: `initial` and `decline renewal`, whose meaning is not documented.
    static let paymentWords = Words<State>([
        .pending: [
            "processing", "external processing", "scheduled recurring processing", "awaiting 3ds result",
            "awaiting redirect result", "awaiting clarification", "awaiting clarify data", "awaiting customer",
            "awaiting customer action", "awaiting merchant auth", "awaiting approval", "awaiting confirmation",
            "awaiting payment", "invoice sent", "awaiting retry", "awaiting clearing", "awaiting partially clearing",
            "clearing processing", "partially paid", "partially paid out",
        ],
        .authorized: ["awaiting capture"],
        .succeeded: ["success"],
        .failed: ["decline", "error", "internal error", "external error"],
        .cancelled: ["canceled", "cancelled", "invoice cancelled"],
        .expired: ["expired"],
        .partiallyRefunded: ["partially refunded", "partially reversed"],
        .refunded: ["refunded", "reversed"],
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

    /// The types of operations that move money. The rest are checks, steps and fees: `account verification`,
    /// `incremental`, `recurring update`, `recurring cancel`, `invoice`, `customer action`, `payment confirmation`,
    /// `contract registration`, `capture settlement`, `commission`, `create_cash_voucher`.
    static let operationTypes = Words<OperationKind>([
        .payment: ["sale", "recurring"],
        .authorization: ["auth"],
        .capture: ["capture"],
        .void: ["cancel"],
        .refund: ["refund", "reversal"],
        .refundReversal: ["refund reverse"],
        .payout: ["payout"],
        .manualChange: ["manual change"],
    ])
}
