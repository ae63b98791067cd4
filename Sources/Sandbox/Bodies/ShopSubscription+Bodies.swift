import LosslessJSON
import Payments

extension ShopSubscription {
    var body: JSON {
        let last = payments.last?.root
        var body: JSON = [
            "id": .string(id), "state": .string(word), "tracking_id": .string(order.reference), "device_id": .null,
            "created_at": .string(createdAt.ecomchargeText), "renew_at": .null, "active_to": .null,
            "card": ["token": "6a0a063c-sandbox"], "customer": ["id": "cst_388881961e365744"],
            "paid_billing_cycles": .integer(paidCycles), "number_failed_payment_attempts": 0, "additional_data": [:],
            "plan": [
                "id": .string(planID), "title": .string(order.description), "currency": .string(order.currency),
                "language": .null, "infinite": true, "billing_cycles": .null,
                "trial": ["amount": .null, "interval": .null, "interval_unit": .null],
                "plan": ["amount": .integer(order.total), "interval": 1, "interval_unit": "month"],
                "number_payment_attempts": 1, "test": .bool(order.isTest),
            ],
            "last_transaction": last.map { root in
                [
                    "uid": .string(root.uid), "status": .string(root.status), "message": .string(root.message),
                    "created_at": .string(root.createdAt.ecomchargeText),
                ]
            } ?? .null,
            "event": .string(event),
        ]
        if let cancelledAt {
            body = body.with([
                "cancel_reason": "Buyer's request", "cancelled_at": .string(cancelledAt.ecomchargeText),
            ])
        }
        return body
    }

    func answer(about name: String, at endpoint: Endpoint) -> JSON? {
        switch endpoint {
        case .subscriptions: return name == id ? body : nil
        case .transactions:
            guard let root = payments.map(\.root).first(where: { $0.uid == name }) else { return nil }
            let body = root.head(order).with([
                "tracking_id": .string(order.reference), "description": .string(order.description),
                "payment_method_type": "credit_card", "recurring_type": "recurring",
            ])
            return ["transaction": body]
        case .paymentStatus, .checkouts, .bills, .otherTransactions, .refunds: return nil
        }
    }

    var names: [String] { [id] + payments.map(\.root.uid) }
    var entity: Entity { .subscription(id: id) }
    var reference: String? { order.reference }
    var amount: Int64 { order.total }
    var currency: String { order.currency }

    func tell(_ groundTruth: inout GroundTruth, account: String, isAcknowledged: (String) -> Bool) {
        for payment in payments {
            groundTruth.payments.append(
                GroundTruth.Payment(payment, of: order, nil, account: account) {
                    isAcknowledged($0) || isAcknowledged(id)
                }
            )
        }
        groundTruth.subscriptions.append(
            GroundTruth.Subscription(account: account, id: id, status: word, isAcknowledged: isAcknowledged(id))
        )
    }
}
