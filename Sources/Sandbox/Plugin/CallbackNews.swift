import LosslessJSON

/// What a plugin takes from a callback.
struct CallbackNews: Sendable {
    /// The payment; at eComCharge the root transaction, a token or a subscription.
    let paymentID: String
    let reference: String?
    /// The gateway's word; for what happens to a payment later with its type, such as `refund successful`.
    let status: String

    /// - Returns: nil if it names nothing that has a status.
    init?(_ body: JSON) {
        if let transaction = body["transaction"], let uid = transaction["uid"]?.string {
            let parent = transaction["parent_uid"]?.string
            guard let word = transaction["status"]?.string else { return nil }
            paymentID = parent ?? uid
            reference = transaction["tracking_id"]?.string
            status = parent == nil ? word : "\(transaction["type"]?.string ?? "child") \(word)"
            return
        }
        let payment = body["payment"] ?? body
        guard let id = (payment["id"] ?? payment["token"])?.string,
            let word = (payment["status"] ?? payment["state"])?.string
        else { return nil }
        (paymentID, status) = (id, word)
        reference = (payment["tracking_id"] ?? payment["order"]?["tracking_id"])?.string
    }
}
