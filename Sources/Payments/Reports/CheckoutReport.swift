/// A report about an eComCharge payment token.
package struct CheckoutReport: Sendable, Equatable {
    package var token: String
    package var status: Status
    package var isFinished: Bool
    package var isExpired: Bool
    package var reference: String?
    package var isTest: Bool?
    package var amount: Int64?
    package var currency: String?
    /// The transaction that the token led to, if the answer names one.
    package var paymentID: String?
    /// When the time to pay ends (`order.expired_at`).
    package var expiresAt: Timestamp?

    package init(token: String, status: Status, isFinished: Bool, isExpired: Bool) {
        self.token = token
        self.status = status
        self.isFinished = isFinished
        self.isExpired = isExpired
    }
}

/// A report about an eComCharge subscription.
package struct SubscriptionReport: Sendable, Equatable {
    package var id: String
    package var status: Status
    /// `created.subscription`, `renewed.subscription`, …; older bodies have none.
    package var event: String?
    package var plan: String?
    /// The merchant's `tracking_id`.
    package var reference: String?
    package var amount: Int64?
    package var currency: String?
    /// The uid of its last transaction, which is polled because the money is there.
    package var paymentID: String?
    /// When that transaction was made (`last_transaction.created_at`).
    package var chargedAt: Timestamp?
    /// `paid_billing_cycles`: together with ``chargedAt`` it orders the reports.
    package var paidCycles: Int64?
    package var renewsAt: Timestamp?
    package var activeUntil: Timestamp?
    /// Its state in the words of the view `subscriptions`.
    package var standing: SubscriptionState

    package init(id: String, status: Status, standing: SubscriptionState = .unknown) {
        self.id = id
        self.status = status
        self.standing = standing
    }
}

/// The state of a subscription: the closed set of the view `subscriptions`.
package enum SubscriptionState: String, Sendable, CaseIterable {
    case trial
    case active
    case pending
    /// A charge failed, and the gateway tries again.
    case pastDue = "past_due"
    case failed
    case cancelled
    case expired
    case unknown
}
