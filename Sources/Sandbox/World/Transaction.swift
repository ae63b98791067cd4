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
