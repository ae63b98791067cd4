import LosslessJSON

/// What a shop takes from an event.
struct EventNews: Sendable {
    let seq: Int64
    let account: String
    let paymentID: String
    let reference: String?
    /// The payment's state since this event.
    let state: String

    /// - Returns: nil if a member is missing.
    init?(_ body: JSON) {
        guard case .number(let text) = body["seq"], let seq = Int64(text), let account = body["account"]?.string,
            let paymentID = body["payment_id"]?.string, let state = body["to_state"]?.string
        else { return nil }
        (self.seq, self.account, self.paymentID, self.state) = (seq, account, paymentID, state)
        reference = body["reference"]?.string
    }
}
