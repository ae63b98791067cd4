import Payments

extension Transaction {
    /// The members that roots and children have in common.
    func head(_ currency: String) -> JSON {
        [
            "uid": .string(uid), "status": .string(status), "amount": .integer(amount), "currency": .string(currency),
            "type": .string(type), "message": .string(message), "code": .text(code), "test": true,
            "created_at": .string(createdAt.ecomchargeText), "updated_at": .string(updatedAt.ecomchargeText),
            "paid_at": .text(paidAt?.ecomchargeText), "closed_at": .null, "settled_at": .null,
            "manually_corrected_at": .text(correctedAt?.ecomchargeText), "id": .string(uid),
            type: acquirer(currency),
        ]
    }

    /// The body of a child, which has less than a root: neither the merchant's reference, nor the buyer, nor the
    /// payment method.
    func childBody(of parent: Transaction, _ currency: String) -> JSON {
        var body = head(currency).with(["parent_uid": .string(parent.uid)])
        if omitsAmount { body = body.with([type: acquirer(currency).without("amount")]).without("amount") }
        switch type {
        case "refund": return body.with(["reason": "Buyer's request"])
        case "chargeback":
            let parent: JSON = [
                "uid": .string(parent.uid), "status": .string(parent.status), "amount": .integer(parent.amount),
            ]
            return body.with(["reason": "Fraud", "parent_transaction": parent])
        default: return body  // Types are the gateway's words, not an enum of ours.
        }
    }

    /// The section that is named after the type; a token's answer merges it with the transaction.
    func acquirer(_ currency: String) -> JSON {
        [
            "auth_code": "654321", "bank_code": "05", "rrn": "999", "ref_id": "777888", "message": .string(message),
            "amount": .integer(amount), "currency": .string(currency), "billing_descriptor": "SANDBOX",
            "gateway_id": 85, "status": .string(status),
        ]
    }
}
