import LosslessJSON
import Payments

/// A transaction as eComCharge keeps it: the root of a payment, or a child of one.
struct Transaction: Sendable {
    let uid: String
    let type: String
    let parentUID: String?
    let amount: Int64
    var status: String
    var state: State
    var message: String
    var code: String?
    let createdAt: Timestamp
    var updatedAt: Timestamp
    var paidAt: Timestamp?
    /// When it expires, or has expired.
    var expiredAt: Timestamp?
    /// Whether its bodies state no amount.
    var omitsAmount = false
    /// When a person at the gateway changed its result.
    var correctedAt: Timestamp?

    init(_ type: String, _ uid: String, of parentUID: String? = nil, amount: Int64, at now: Timestamp) {
        self.uid = uid
        self.type = type
        self.parentUID = parentUID
        self.amount = amount
        (status, state, message, code) = ("pending", .pending, "Transaction in progress.", "P.0001")
        createdAt = now
        updatedAt = now
    }

    mutating func conclude(_ result: Result, at now: Timestamp) {
        (status, state, message, code) = (result.status, result.state, result.message, result.code)
        updatedAt = now
        paidAt = result.state == .succeeded ? now : nil
        if result.state == .expired { expiredAt = min(expiredAt ?? now, now) }
    }

    /// The result of a transaction, in the gateway's words and in ours.
    struct Result {
        let status: String
        let state: State
        let code: String?
        let message: String

        private init(_ status: String, _ state: State, _ code: String?, _ message: String) {
            (self.status, self.state, self.code, self.message) = (status, state, code, message)
        }

        static let challenge = Result("incomplete", .pending, "P.9998", "Transaction is incomplete.")
        static let success = Result("successful", .succeeded, "S.0000", "Successfully processed")
        static let decline = Result("failed", .failed, "F.0114", "Insufficient funds. Check the account balance.")
        static let expiry = Result("expired", .expired, "F.0109", "Order expired.")
        static let withdrawal = Result("deleted", .cancelled, nil, "Transaction was deleted.")
    }
}

extension Transaction {
    /// The members that roots and children have in common.
    func head(_ order: Order) -> JSON {
        [
            "uid": .string(uid), "status": .string(status), "amount": .integer(amount),
            "currency": .string(order.currency), "type": .string(type), "message": .string(message),
            "code": .text(code), "test": .bool(order.isTest),
            "created_at": .string(createdAt.ecomchargeText), "updated_at": .string(updatedAt.ecomchargeText),
            "paid_at": .text(paidAt?.ecomchargeText), "closed_at": .null, "settled_at": .null,
            "manually_corrected_at": .text(correctedAt?.ecomchargeText), "id": .string(uid),
            type: acquirer(order.currency),
        ]
    }

    /// The body of a child, which has less than a root: neither the merchant's reference, nor the buyer, nor the
    /// payment method.
    func childBody(of parent: Transaction, _ order: Order) -> JSON {
        var body = head(order).with(["parent_uid": .string(parent.uid)])
        if omitsAmount { body = body.with([type: acquirer(order.currency).without("amount")]).without("amount") }
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
