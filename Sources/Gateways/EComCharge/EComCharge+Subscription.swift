import Payments

extension EComCharge {
    static func isSubscription(_ body: Fields) throws(Undecodable) -> Bool {
        let id = try body.label("id")
        return id?.hasPrefix("sbs_") ?? false || body.says("state") && body.says("plan")
    }

    /// A subscription; nil without an id or a state. Its money is the last transaction's, of which only the uid is taken.
    static func subscription(in body: Fields) throws(Undecodable) -> SubscriptionReport? {
        guard let id = try body.identifier("id"), let word = try body.text("state") else { return nil }
        var subscription = SubscriptionReport(id: id, status: subscriptionWords.status(word))
        subscription.event = try body.text("event")
        let plan = try body.object("plan")
        let title = try plan.text("title")
        let planID = try plan.label("id")
        subscription.plan = title ?? planID
        subscription.amount = try plan.object("plan").amount("amount")
        subscription.currency = try plan.text("currency")
        let last = try body.object("last_transaction").identifier("uid")
        let legacy = try body.object("transaction").identifier("uid")
        subscription.paymentID = last ?? legacy
        return subscription
    }
}
