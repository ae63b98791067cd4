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

/// What a transition or an anomaly is about.
enum Subject {
    case payment(Int64)
    case checkout(Int64)
    case subscription(Int64)
    /// The callback or answer itself, where it speaks of nothing that we know.
    case evidence(EvidenceID)
}

/// A place among all evidence: after these, and before the next of each kind.
struct EvidencePosition {
    var callback: Int64
    var poll: Int64
    var instruction: Int64
}
