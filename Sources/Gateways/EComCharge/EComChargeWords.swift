import Payments

extension EComCharge {
    /// The statuses of transactions, and of the tokens that lead to them. `error` on a token that nobody has used yet is
    /// judged by ``checkoutStatus(_:isFinished:isExpired:)``.
    static let transactionWords = Words<State>([
        .pending: ["incomplete", "pending", "initial", "auto_created", "permanent", "start"],
        .succeeded: ["successful"],
        .failed: ["failed", "error"],
        .cancelled: ["deleted"],
        .expired: ["expired"],
    ])

    /// The states of subscriptions. A subscription in `error` may still recover; one that is `failed` does not.
    static let subscriptionWords = Words<State>([
        .pending: [
            "pending", "tokenizing", "redirecting", "trial", "trial_processing", "trial_get_status", "getting_status",
            "processing", "notified", "active", "failed_attempt", "rescuing", "error",
        ],
        .failed: ["failed"],
        .cancelled: ["canceled", "cancelled"],
        .expired: ["expired"],
    ])

    /// The types of transactions that move money. The rest do not, or not this payment's: `tokenization`,
    /// `recipient_tokenization`, `checkup`, `fraud_advice`, `balance`.
    static let transactionTypes = Words<OperationKind>([
        .payment: ["payment", "charge", "p2p", "AFT"],
        .authorization: ["authorization"],
        .capture: ["capture"],
        .void: ["void"],
        .refund: ["refund"],
        .chargeback: ["chargeback"],
        .payout: ["credit", "payout", "OCT"],
    ])
}
