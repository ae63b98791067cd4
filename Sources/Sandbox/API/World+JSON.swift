import LosslessJSON
import Payments

extension World {
    /// Describes this sandbox and its API.
    var overview: JSON {
        [
            "accounts": .array(
                settings.accounts.map {
                    [
                        "account": .string($0.name), "gateway": .string($0.gateway), "callbacks": .text($0.callbacks),
                    ]
                }
            ),
            "seed": .number(String(settings.seed)), "rate": .number(String(settings.rate)),
            "time_scale": .number(String(settings.timeScale)), "payments": .integer(entries.count),
            "callbacks_waiting": .integer(outbox.count + underWay), "quiet": .bool(isQuiet),
            "counters": counters.json, "misbehaviour": misbehaviour.json,
            "lives": .array(Life.allCases.map { .string($0.rawValue) }),
            "events": .array(Event.allCases.map { .string($0.rawValue) }),
            "api": [
                "GET /sandbox/payments?limit=100",
                .string(
                    "POST /sandbox/payments {account, life, amount_minor, currency, reference, method, hold, checkout, "
                        + "sum_is_balance, refunds_take_time}"
                ),
                "GET /sandbox/payments/{id}", "POST /sandbox/payments/{id}/{event} {amount_minor}",
                "POST /sandbox/misbehave {lose, duplicate, …, outage}",
            ],
        ]
    }

    /// The newest payments, in short.
    func list(_ limit: Int) -> JSON {
        let newest = entries.keys.sorted(by: >).prefix(limit)
        return ["payments": .array(newest.compactMap { entries[$0] }.map { summary(of: $0) })]
    }

    /// Everything about one payment: its state, and what was delivered when, with which response.
    func story(of entry: Entry) -> JSON {
        let deliveries = entry.deliveries.map { record -> JSON in
            [
                "at": .string(record.at.ecomchargeText), "about": .string(record.subject),
                "status": .string(record.status), "attempt": .integer(record.attempt),
                "answer": .string(record.delivery.words),
            ]
        }
        return summary(of: entry).with([
            "steps_to_come": .integer(entry.steps), "callbacks_waiting": .integer(entry.callbacks),
            "deliveries": .array(deliveries),
        ])
    }

    private func summary(of entry: Entry) -> JSON {
        var groundTruth = GroundTruth()
        let account = settings.accounts[entry.account].name
        entry.resource.tell(&groundTruth, account: account) { entry.acknowledged.contains($0) }
        return [
            "id": .string(String(entry.number)), "account": .string(account), "life": .text(entry.life?.rawValue),
            entry.resource.entity.key: .string(entry.resource.entity.id), "reference": .text(entry.resource.reference),
            "amount_minor": .integer(entry.resource.amount), "currency": .string(entry.resource.currency),
            "payments": .array(groundTruth.payments.map(\.json)),
            "checkouts": .array(groundTruth.checkouts.map(\.json)),
            "subscriptions": .array(groundTruth.subscriptions.map(\.json)),
        ]
    }
}

extension Entity {
    /// The key of the entity's name in a merchant's request to watch it.
    fileprivate var key: String {
        switch self {
        case .payment, .operation: "payment_id"
        case .checkout: "token"
        case .subscription: "subscription_id"
        }
    }
}
