import Payments

/// What recording a callback looks up first, so that an engine whose database is far away can look it up for a whole batch
/// in one round trip. It is a guess that costs nothing if it is wrong: what is missing is read when it is needed.
struct ExpectedReads: Sendable {
    let account: String
    let digest: [UInt8]
    let locality: Int64
    /// The gateway's ids of payments.
    var payments: Set<String> = []
    /// The ids of operations that may belong to a payment which is not named.
    var operations: Set<String> = []
    var checkouts: Set<String> = []
}

extension ExpectedReads {
    init(_ callback: ReceivedCallback) {
        self.init(account: callback.account, digest: callback.digest, locality: callback.locality)
        switch callback.content {
        case .report(let report), .unproven(let report):
            if let payment = report.payment {
                payments.insert(payment.id)
                operations.insert(payment.id)
                if let token = payment.checkoutToken { checkouts.insert(token) }
            } else if let operation = report.operations.first, let parent = operation.parentID {
                payments.formUnion([operation.id, parent])
                operations.formUnion([operation.id, parent])
            }
            if let checkout = report.checkout { checkouts.insert(checkout.token) }
        case .undecodable: break
        }
    }
}
