/// When an open anomaly of a kind is resolved, and the sentence that is stored as its resolution.
///
/// The sentences are part of the ledger (`anomalies.resolution`): another wording would make `paystate rebuild --check`
/// find differences in ledgers that contain the old one.
package struct ResolutionRule: Sendable, Equatable {
    package let kind: AnomalyKind
    package let condition: ResolutionConditions
    package let reason: String

    /// All rules, by kind. If two rules of a kind apply at once, the later one gives the reason.
    package static let all: [ResolutionRule] = AnomalyKind.allCases.flatMap { kind in
        ResolutionRule.reasons(for: kind).map { ResolutionRule(kind: kind, condition: $0.condition, reason: $0.reason) }
    }

    private static func reasons(for kind: AnomalyKind) -> [(condition: ResolutionConditions, reason: String)] {
        switch kind {
        case .regression:
            [
                (.heldIsDecided, "the gateway was asked, and its answer stands"),
                (.ledToPaidPayment, "a payment that it led to succeeded"),
            ]
        case .unknownStatus: [(.wordsAreKnown, "the gateway now uses words that we know")]
        case .unknownType: [(.typesAreKnown, "each operation that succeeded is of a type that we know")]
        case .amountMismatch:
            [
                (.amountIsExpected, "the amount is the expected one"),
                (.nothingWasTaken, "nothing was taken"),
            ]
        case .currencyMismatch: [(.currencyIsExpected, "the currency is the expected one")]
        case .inconsistentSums: [(.sumsAgree, "the sums agree")]
        case .conflict: [(.contestIsDecided, "the gateway was asked, and its answer stands")]
        case .undecodable: [(.answerIsReadable, "a later answer could be read")]
        case .foreignAnswer: [(.answerIsReadable, "a later answer was about what was asked")]
        case .unresolved:
            [
                (.hasNewEvidence, "the gateway has reported again"),
                (.isAnswered, "the gateway has answered"),
                (.isWatchedAgain, "it is watched again"),
                (.ledToPaidPayment, "a payment that it led to succeeded"),
            ]
        case .ambiguousSignature: [(.heldIsDecided, "the gateway was asked, and its answer stands")]
        // These are notices that are closed from the start.
        case .lateSuccess, .manualCorrection: []
        // No evidence resolves it, but a person, who has it delivered again or gives it up.
        case .undelivered: []
        }
    }
}

/// What is true of an entity after evidence, as far as it resolves anomalies. Each entity determines its own; what they
/// resolve is the table of ``ResolutionRule``.
package struct ResolutionConditions: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    // MARK: After a report

    /// An answer decided what was held, and nothing is held any more.
    package static let heldIsDecided = ResolutionConditions(rawValue: 1 << 0)
    /// An answer decided what was in doubt, and no operation is contested any more.
    package static let contestIsDecided = ResolutionConditions(rawValue: 1 << 1)
    /// The report was believed, and no word that is believed is unknown.
    package static let wordsAreKnown = ResolutionConditions(rawValue: 1 << 2)
    /// Polling had been given up, and then a report was believed.
    package static let hasNewEvidence = ResolutionConditions(rawValue: 1 << 3)
    /// Of a checkout: a payment that it led to was paid.
    package static let ledToPaidPayment = ResolutionConditions(rawValue: 1 << 4)

    // MARK: After a poll

    /// The answer could be read, and was about the polled entity.
    package static let answerIsReadable = ResolutionConditions(rawValue: 1 << 5)
    /// The answer could be read, and polling is not given up.
    package static let isAnswered = ResolutionConditions(rawValue: 1 << 6)

    // MARK: After an instruction

    /// The entity was new or polling about it had been given up, and a person watches it.
    package static let isWatchedAgain = ResolutionConditions(rawValue: 1 << 7)

    // MARK: Of the current state of a payment

    package static let typesAreKnown = ResolutionConditions(rawValue: 1 << 8)
    package static let sumsAgree = ResolutionConditions(rawValue: 1 << 9)
    package static let amountIsExpected = ResolutionConditions(rawValue: 1 << 10)
    /// The buyer ended up not paying, so no amount can be wrong.
    package static let nothingWasTaken = ResolutionConditions(rawValue: 1 << 11)
    package static let currencyIsExpected = ResolutionConditions(rawValue: 1 << 12)
}

extension Consequences {
    /// Resolves the kinds of anomaly that the conditions resolve, except those that the same evidence has opened
    /// itself.
    package mutating func resolve(_ conditions: ResolutionConditions) {
        for rule in ResolutionRule.all where conditions.contains(rule.condition) {
            guard !anomalies.contains(where: { $0.kind == rule.kind }) else { continue }
            resolved[rule.kind] = rule.reason
        }
    }
}
