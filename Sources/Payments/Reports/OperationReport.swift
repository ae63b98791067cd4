/// A report about one movement of money within a payment.
package struct OperationReport: Sendable, Equatable {
    /// ecommpay: `operation.id`. eComCharge: the transaction's uid.
    package var id: String
    /// eComCharge: the uid of the transaction this one belongs to; `nil` for a root, and always for ecommpay.
    package var parentID: String?
    /// The gateway's own word for the kind.
    package var type: String?
    package var kind: OperationKind
    package var status: Status
    package var amount: Int64?
    package var currency: String?
    package var code: String?
    package var message: String?
    /// What kind of decline the code is; `nil` if it is none, or not in the gateway's list.
    package var decline: Decline?
    /// The retrieval reference number of the card networks.
    package var rrn: String?
    package var authCode: String?
    package var receiptURL: String?
    package var isTest: Bool?
    package var createdAt: Timestamp?
    /// ecommpay: `operation.date`. eComCharge: `updated_at`, and nothing else.
    package var gatewayTime: Timestamp?
    /// eComCharge: `manually_corrected_at`, set when a person changed the result.
    package var correctedAt: Timestamp?

    package init(id: String, kind: OperationKind, status: Status) {
        self.id = id
        self.kind = kind
        self.status = status
    }
}

/// What an operation does to the money of its payment.
package enum OperationKind: String, Sendable, CaseIterable {
    /// Takes the money in one step.
    case payment
    /// Holds it.
    case authorization
    /// Charges a stored card: takes the money in one step, or holds it where captures are used (ecommpay `recurring`).
    case recurring
    /// Takes what was held.
    case capture
    /// Releases what was held.
    case void
    /// Gives back what was taken, the same day or later.
    case refund
    /// Undoes a refund.
    case refundReversal = "refund_reversal"
    /// The buyer's bank takes it back.
    case chargeback
    /// Sends money to the customer.
    case payout
    /// A person at the gateway changed the status by hand (ecommpay `manual change`).
    case manualChange = "manual_change"
    /// Moves no money of this payment: a check, a tokenization, a fee, a step of the customer's.
    case other
    /// An unknown type, or none: it may have moved money.
    case unknown
}
