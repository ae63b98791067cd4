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
        let before = Dictionary(
            (self.before?.operations ?? []).map { ($0.id, $0.asking.wishedAt) },
            uniquingKeysWith: { first, _ in first }
        )
        return (payment.asking.wishedAt != nil && payment.asking.wishedAt != self.before?.asking.wishedAt)
            || payment.operations.contains { $0.asking.wishedAt != nil && $0.asking.wishedAt != before[$0.id] ?? nil }
    }

    var savedID: Int64 {
        get throws(RecordingError) {
            guard let id else { throw .isRefused(reason: "payment was not saved") }
            return id
        }
    }
}
