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

/// A position among all evidence: after these rows, and before the next of each kind.
struct EvidencePosition {
    var callback: Int64
    var poll: Int64
    var instruction: Int64
}
