/// One change of status, amount or totals; the ledger only ever appends them.
package struct Transition: Sendable, Equatable {
    package enum Subject: Sendable, Equatable {
        case payment
        case operation(id: String)
        case checkout
        case subscription
    }

    package let subject: Subject
    /// `nil` if this is how the entity became known.
    package let from: Status?
    package let to: Status
    package let gatewayTime: Timestamp?
    package let amount: Int64?
    package let currency: String?
    /// Of an operation.
    package let kind: OperationKind?
    /// Of a payment: its totals after this change.
    package let totals: Totals?
    /// Of a payment: what this change moved of the merchant's money.
    package let entry: Entry?
    /// Of a subscription, whose states are a set of their own.
    package var fromStanding: SubscriptionState?
    package var toStanding: SubscriptionState?

    package init(
        of subject: Subject,
        from: Status?,
        to tracked: TrackedStatus,
        kind: OperationKind? = nil,
        totals: Totals? = nil,
        entry: Entry? = nil
    ) {
        self.subject = subject
        self.from = from
        to = tracked.status
        gatewayTime = tracked.gatewayTime
        amount = tracked.amounts.amount
        currency = tracked.amounts.currency
        self.kind = kind
        self.totals = totals ?? tracked.amounts.totals
        self.entry = entry
    }
}
