import Payments

/// A payment with its row number, and its state when it was read.
struct StoredPayment {
    /// `nil` until it is written for the first time.
    var id: Int64?
    var payment: Payment
    private(set) var before: Payment?

    init(id: Int64, payment: Payment) {
        self.id = id
        self.payment = payment
        before = payment
    }

    init(new payment: Payment) {
        self.payment = payment
    }

    /// Whether an immediate poll is requested that was not requested before.
    var hasNewPollRequest: Bool {
        let pollRequests = Self.pollRequests(of: payment)
        return !pollRequests.isEmpty && before.map { pollRequests != Self.pollRequests(of: $0) } ?? true
    }

    private static func pollRequests(of payment: Payment) -> [String: Timestamp] {
        var pollRequests: [String: Timestamp] = [:]
        if let request = payment.pollState.requestedAt { pollRequests[""] = request }
        for operation in payment.operations {
            if let request = operation.pollState.requestedAt { pollRequests[operation.id] = request }
        }
        return pollRequests
    }

    var savedID: Int64 {
        get throws(RecordingError) {
            guard let id else { throw .isRefused(reason: "payment was not saved") }
            return id
        }
    }
}
