/// What the operations of a payment add up to, in minor units.
package struct Totals: Sendable, Equatable {
    /// Taken from the buyer, before refunds.
    package private(set) var captured: Int64 = 0
    /// Given back to the buyer.
    package private(set) var refunded: Int64 = 0
    package private(set) var isChargedBack = false
    /// Released of what was held.
    private var voided: Int64 = 0
    private var hasVoidOfUnknownAmount = false

    /// Adds up the operations that succeeded; the others moved no money.
    package init(of operations: [Operation]) {
        for operation in operations where operation.state == .succeeded {
            let amount = operation.amount ?? 0
            switch operation.kind {
            case .payment, .recurring, .capture: captured = captured.addingClamped(amount)
            case .refund: refunded = refunded.addingClamped(amount)
            case .refundReversal: refunded = max(0, refunded.addingClamped(-amount))
            case .chargeback: isChargedBack = true
            case .void:
                voided = voided.addingClamped(amount)
                if operation.amount == nil { hasVoidOfUnknownAmount = true }
            case .authorization, .payout, .manualChange, .other, .unknown: break
            }
        }
    }

    /// The state of a payment whose gateway states only transactions (eComCharge): a fold over its operations (design 3.3).
    ///
    /// - Parameter root: the transaction that the payment is named after; without it nothing is known but that it exists.
    func state(root: Operation?) -> State {
        guard let root else { return .unknown }
        guard root.state == .succeeded else { return root.state }
        if isChargedBack { return .chargedBack }
        if isVoided(root) { return .cancelled }
        if root.kind == .authorization, captured == 0 { return .authorized }
        let paid = root.kind == .authorization ? captured : root.amount
        guard refunded > 0 else { return .succeeded }
        guard let paid, refunded >= paid else { return .partiallyRefunded }
        return .refunded
    }

    /// A void counts when it releases the whole amount and nothing was captured; one that names no amount releases all.
    private func isVoided(_ root: Operation) -> Bool {
        guard root.kind != .authorization || captured == 0 else { return false }
        if hasVoidOfUnknownAmount { return true }
        guard voided > 0, let whole = root.amount else { return false }
        return voided >= whole
    }
}

extension Int64 {
    /// A sum that stops at the limits: amounts near 2⁶³ are nobody's money, and must not end the process.
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
