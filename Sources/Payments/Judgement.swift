/// What is decided about one piece of evidence, and what follows from it.
package struct Judgement: Sendable, Equatable {
    package var effect: Effect
    /// The row of the table in design 3.3 that decided, 1 to 12 (6b is 6, `unchanged`); an overtaken answer that differs is row 0.
    package var row: Int
    package var anomaly: AnomalyKind?
    /// Whether the gateway's status endpoint is to be asked at once.
    package var asksAtOnce: Bool
    /// Whether what is held on the line is settled by this answer.
    package var settlesHeld: Bool

    init(_ effect: Effect, row: Int, anomaly: AnomalyKind? = nil, asks: Bool = false, settlesHeld: Bool = false) {
        self.effect = effect
        self.row = row
        self.anomaly = anomaly
        self.asksAtOnce = asks
        self.settlesHeld = settlesHeld
    }
}

/// What a callback did to its payment (design 3.6, `callbacks.effect`).
package enum Effect: String, Sendable, CaseIterable {
    case applied
    /// It says what is known; at most gaps were filled.
    case unchanged
    /// It is older than what is applied: kept, not applied.
    case late
    /// A step back, or a body whose signature does not prove its structure: kept until the gateway has been asked.
    case held
    /// It says nothing that we understand about the payment's status.
    case unrecognised
    /// Authentic, but not readable as a report.
    case undecodable
}

/// A contradiction or surprise that a person may want to see (design 3.3).
package enum AnomalyKind: String, Sendable, CaseIterable {
    case regression
    case unknownStatus = "unknown_status"
    /// A successful operation of a type that we do not know: it may have moved money.
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

    /// The alarms about money, while one of which is open a payment makes no order paid. A `regression` is one where it is held
    /// on the payment's own line.
    package static let ofMoney: Set<AnomalyKind> = [.amountMismatch, .currencyMismatch, .inconsistentSums, .conflict]

    /// Alarms want a person; notices are there to be found.
    package var isAlarm: Bool {
        switch self {
        case .regression, .unknownStatus, .unknownType, .amountMismatch, .currencyMismatch, .inconsistentSums,
            .conflict,
            .undecodable, .foreignAnswer, .unresolved:
            true
        case .lateSuccess, .manualCorrection, .ambiguousSignature:
            false
        }
    }

    /// Whether it is opened anew by each look at how things stand, so that what a person has acknowledged would come again.
    package var isOfStanding: Bool {
        switch self {
        case .amountMismatch, .currencyMismatch, .inconsistentSums, .unknownType: true
        case .regression, .unknownStatus, .conflict, .undecodable, .foreignAnswer, .unresolved, .lateSuccess,
            .manualCorrection, .ambiguousSignature:
            false
        }
    }
}
