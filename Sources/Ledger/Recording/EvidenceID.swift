import Payments

/// The row that proves a change, as `callback:N`, `poll:N` or `operator:N`, and when it was recorded.
struct EvidenceID {
    enum Source: String {
        case callback
        case poll
        case `operator`
    }

    let source: Source
    let number: Int64
    let at: Timestamp
}

/// The entity, or the evidence, that a transition or an anomaly is about.
enum Subject {
    case payment(Int64)
    case checkout(Int64)
    case subscription(Int64)
    /// The callback or answer itself, if it concerns no known entity.
    case evidence(EvidenceID)
}

/// A position among all evidence: after these rows, and before the next of each kind.
struct EvidencePosition {
    var callback: Int64
    var poll: Int64
    var instruction: Int64
}
