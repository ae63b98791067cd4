import Payments

extension EComCharge {
    /// The status of a transaction, or of a token that led to it.
    static func transactionStatus(_ word: String) -> Status {
        Status(word: word, state: transactionWords[word] ?? .unknown, nuance: transactionNuances[word])
    }

    /// The statuses of transactions, and of the tokens that lead to them. `error` on a token that nobody has used yet
    /// is handled by ``checkoutStatus(_:isFinished:isExpired:)``.
    static let transactionWords = Words<State>([
        .pending: ["incomplete", "pending", "initial", "auto_created", "permanent", "start"],
        .succeeded: ["successful"],
        .failed: ["failed", "error"],
        .cancelled: ["deleted"],
        .expired: ["expired"],
    ])

    /// An ERIP request that may be paid many times stays open for as long as that takes.
    private static let transactionNuances = Words<Status.Nuance>([.resting: ["permanent"]])

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

    /// The same states, in the words of the view `subscriptions`.
    static let subscriptionStandings = Words<SubscriptionState>([
        .trial: ["trial", "trial_processing", "trial_get_status", "getting_status"],
        .active: ["active"],
        .pending: ["pending", "tokenizing", "redirecting", "processing", "notified"],
        .pastDue: ["failed_attempt", "rescuing", "error"],
        .failed: ["failed"],
        .cancelled: ["canceled", "cancelled"],
        .expired: ["expired"],
    ])

    /// The types of transactions. Types that move none of the merchant's money are checks, and transfers between
    /// others.
    static let transactionTypes = Words<OperationKind>([
        .payment: ["payment", "charge", "AFT"],
        .authorization: ["authorization"],
        .capture: ["capture"],
        .void: ["void"],
        .refund: ["refund"],
        .chargeback: ["chargeback"],
        .payout: ["credit", "payout", "OCT"],
        .other: ["p2p", "tokenization", "recipient_tokenization", "checkup", "fraud_advice", "balance"],
    ])

    /// What payments are for, by the type of their root. The type of a child in its place gives no purpose.
    static let purposes = Words<Purpose>([
        .purchase: ["payment", "authorization", "charge", "AFT"],
        .transfer: ["p2p"],
        .payout: ["credit", "payout", "OCT"],
        .verification: ["tokenization", "recipient_tokenization", "checkup", "fraud_advice", "balance"],
    ])
}
