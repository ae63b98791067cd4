/// The decision about one piece of evidence, and what follows from it.
package struct Judgement: Sendable, Equatable {
    package var effect: Effect
    /// The row of the table in docs/evidence-rules.md that decided, 1 to 12 (6b is 6, `unchanged`); an overtaken answer
    /// that differs is row 0.
    package var row: Int
    package var anomaly: AnomalyKind?
    /// Whether the gateway's status endpoint is to be polled at once.
    package var pollsAtOnce: Bool
    /// Whether this answer resolves what is held.
    package var resolvesHeld: Bool

    init(
        _ effect: Effect,
        row: Int,
        anomaly: AnomalyKind? = nil,
        pollsAtOnce: Bool = false,
        resolvesHeld: Bool = false
    ) {
        self.effect = effect
        self.row = row
        self.anomaly = anomaly
        self.pollsAtOnce = pollsAtOnce
        self.resolvesHeld = resolvesHeld
    }
}

/// The effect of a callback on its payment (`callbacks.effect`, docs/reading-the-database.md).
package enum Effect: String, Sendable, CaseIterable {
    case applied
    /// It repeats what is known; at most, gaps were filled.
    case unchanged
    /// It is older than what was applied: kept, not applied.
    case late
    /// A step back, or a body whose signature does not prove its structure: kept until the gateway has been polled.
    case held
    /// It says nothing that we understand about the payment's status.
    case unrecognised
    /// Authentic, but not readable as a report.
    case undecodable
}
