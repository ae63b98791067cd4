package struct Anomaly: Sendable, Equatable {
    package let kind: AnomalyKind
    /// What happened, in words, for a person.
    package let detail: String
    /// Whether this one needs no action, although others of its kind want a person.
    package let isNotice: Bool

    package init(kind: AnomalyKind, detail: String, isNotice: Bool = false) {
        self.kind = kind
        self.detail = detail
        self.isNotice = isNotice
    }
}

/// A contradiction or surprise that a person may want to see (docs/evidence-rules.md).
package enum AnomalyKind: String, Sendable, CaseIterable {
    case regression
    case unknownStatus = "unknown_status"
    /// A successful operation of an unknown type: it may have moved money.
    case unknownType = "unknown_type"
    case amountMismatch = "amount_mismatch"
    case currencyMismatch = "currency_mismatch"
    /// More captured than held, more given back than taken, a negative amount.
    case inconsistentSums = "inconsistent_sums"
    /// The same operation with another amount or currency, both final.
    case conflict
    case undecodable
    case foreignAnswer = "foreign_answer"
    case unresolved
    case lateSuccess = "late_success"
    case manualCorrection = "manual_correction"
    case ambiguousSignature = "ambiguous_signature"
    /// A target did not accept a callback, or an event, until it was given up. It says nothing about the payment itself.
    case undelivered

    /// The alarms about money: while one of them is open, a payment makes no order paid. A `regression` counts as one
    /// if the payment's own status is held.
    package static let ofMoney: Set<AnomalyKind> = [.amountMismatch, .currencyMismatch, .inconsistentSums, .conflict]

    /// Whether it wants a person (an alarm). Notices are there to be found.
    package var isAlarm: Bool {
        switch self {
        case .regression, .unknownStatus, .unknownType, .amountMismatch, .currencyMismatch, .inconsistentSums,
            .conflict,
            .undecodable, .foreignAnswer, .unresolved, .undelivered:
            true
        case .lateSuccess, .manualCorrection, .ambiguousSignature:
            false
        }
    }

    /// Whether each look at the current state opens it again, so that an acknowledged one would come back.
    package var isOfStanding: Bool {
        switch self {
        case .amountMismatch, .currencyMismatch, .inconsistentSums, .unknownType, .undelivered: true
        case .regression, .unknownStatus, .conflict, .undecodable, .foreignAnswer, .unresolved, .lateSuccess,
            .manualCorrection, .ambiguousSignature:
            false
        }
    }
}
