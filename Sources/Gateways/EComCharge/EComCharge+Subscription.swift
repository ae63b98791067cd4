import Payments

extension EComCharge {
    /// The subscription that a body tells of, flat or wrapped (in answers); nil if it is about something else.
    static func subscriptionFields(in body: Fields) -> Fields? {
        if isSubscription(body) { return body }
        guard body.holdsContainer("subscription") else { return nil }
        let wrapped = body.object("subscription")
        return isSubscription(wrapped) ? wrapped : nil
    }

    private static func isSubscription(_ fields: Fields) -> Bool {
        fields.says("state") && fields.says("plan") || fields.label("id")?.hasPrefix("sbs_") ?? false
    }

    /// A subscription; nil without an id or a state. Its money is the last transaction's, of which the uid and time are taken.
    static func subscription(in body: Fields) throws(Undecodable) -> SubscriptionReport? {
        let id = try body.identifier(deciding: "id")
        guard let id, let word = try body.text(deciding: "state") else { return nil }
        var subscription = SubscriptionReport(
            id: id,
            status: subscriptionWords.status(word),
            standing: subscriptionStandings[word] ?? .unknown
        )
        subscription.event = body.text("event")
        subscription.reference = body.label("tracking_id")
        try addPlan(body.object("plan"), to: &subscription)
        let last = body.object("last_transaction")
        let lastID = try last.identifier(deciding: "uid")
        let legacy = body.object("transaction")
        let legacyID = try legacy.identifier(deciding: "uid")
        subscription.paymentID = lastID ?? legacyID
        subscription.chargedAt = (lastID == nil ? legacy : last).time("created_at")
        subscription.paidCycles = body.count("paid_billing_cycles")
        subscription.renewsAt = body.time("renew_at")
        subscription.activeUntil = body.time("active_to")
        return subscription
    }

    /// A plan states its amount itself, or nested in another `plan`: then that one is what is charged after the trial.
    private static func addPlan(_ plan: Fields, to subscription: inout SubscriptionReport) throws(Undecodable) {
        subscription.plan = plan.text("title") ?? plan.label("id")
        let nested = try plan.object("plan").amount(deciding: "amount")
        let flat = try plan.amount(deciding: "amount")
        subscription.amount = nested ?? flat
        subscription.currency = try plan.text(deciding: "currency")
    }
}
