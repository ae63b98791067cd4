package import Ledger
import Narration
import Payments

/// Whether a payment pays its order, and why not: the column `paid` of `payments`, in words.
package struct PaidBadge {
    package let word: String
    let tone: String
    /// Why it does not; of one that does, what went back of it.
    package let reason: String?

    /// - Parameters:
    ///   - row: the row of `payments`.
    ///   - anomalies: its rows of `anomalies`.
    package init(_ row: ViewRow, anomalies: [ViewRow]) {
        let badge: Badge
        let state = State(rawValue: row.text("state")) ?? .unknown
        switch Purpose(rawValue: row.text("purpose")) ?? .unknown {
        case .purchase where row.number("paid") == 1:
            badge = Badge("paid", .good)
            reason = state == .partiallyRefunded ? "a part of it was refunded" : nil
        case .purchase:
            badge = Badge("not paid", state.isFinal ? .bad : .warn)
            reason = state.reason ?? Self.reason(row, anomalies: anomalies)
        case .payout:
            badge = Badge("no purchase", .quiet)
            reason = "a payout pays for no order"
        case .transfer:
            badge = Badge("no purchase", .quiet)
            reason = "a transfer between others pays for no order"
        case .verification:
            badge = Badge("no purchase", .quiet)
            reason = "a verification moves no money"
        case .unknown:
            badge = Badge("not paid", .warn)
            reason = "it is not known what this payment is for"
        }
        (word, tone) = (badge.word, badge.tone)
    }

    /// Why a purchase is not paid although its state alone would allow it.
    private static func reason(_ row: ViewRow, anomalies: [ViewRow]) -> String? {
        if row.number("test") == 1 { return "a test payment: no real money moves" }
        if (row.number("balance_minor") ?? 0) <= 0 {
            return (row.number("captured_minor") ?? 0) <= 0 ? "nothing was captured" : "nothing of it is left"
        }
        let alarms = anomalies.filter { anomaly in
            guard anomaly.text("closed_at").isEmpty, let kind = AnomalyKind(rawValue: anomaly.text("kind")) else {
                return false
            }
            return kind == .regression || AnomalyKind.ofMoney.contains(kind)
        }
        let kinds = Set(alarms.map { $0.text("kind") }).sorted()
        return kinds.isEmpty ? nil : "an alarm about its money is open: \(kinds.joined(separator: ", "))"
    }
}

extension State {
    /// Why a purchase in this state is not paid; `nil` for a state that may be paid.
    fileprivate var reason: String? {
        switch self {
        case .pending: "the gateway has not confirmed it yet"
        case .authorized: "the money is held, not taken"
        case .succeeded, .partiallyRefunded: nil
        case .failed: "it failed"
        case .cancelled: "it was cancelled"
        case .expired: "it expired"
        case .refunded: "it was refunded"
        case .chargedBack: "the buyer's bank took the money back"
        case .unknown: "the gateway has not said how it stands"
        }
    }
}
