import Payments

/// A payment beside its row, and how it stood when it was read.
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

    /// Whether something of it is to be asked about at once that was not before.
    var hasNewWish: Bool {
        let wishes = Self.wishes(of: payment)
        return !wishes.isEmpty && before.map { wishes != Self.wishes(of: $0) } ?? true
    }

    private static func wishes(of payment: Payment) -> [String: Timestamp] {
        var wishes: [String: Timestamp] = [:]
        if let wish = payment.asking.wishedAt { wishes[""] = wish }
        for operation in payment.operations {
            if let wish = operation.asking.wishedAt { wishes[operation.id] = wish }
        }
        return wishes
    }

    var savedID: Int64 {
        get throws(RecordingError) {
            guard let id else { throw .isRefused(reason: "payment was not saved") }
            return id
        }
    }
}
