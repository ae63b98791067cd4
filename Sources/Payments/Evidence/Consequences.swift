/// What follows from recording one report; all of it is written in one database transaction.
package struct Consequences: Sendable, Equatable {
    /// The effect on the payment (`callbacks.effect`, docs/reading-the-database.md).
    package var effect: Effect
    /// The row of the table in docs/evidence-rules.md that decided; `nil` if the table was not consulted.
    package var row: Int?
    package var transitions: [Transition]
    package var anomalies: [Anomaly]
    /// Anomalies that this evidence resolves, with the reason in words.
    package internal(set) var resolved = Resolutions()

    package init(
        effect: Effect,
        row: Int? = nil,
        transitions: [Transition] = [],
        anomalies: [Anomaly] = []
    ) {
        self.effect = effect
        self.row = row
        self.transitions = transitions
        self.anomalies = anomalies
    }

    /// The consequences of a judgement on a tracked status that is judged alone (a checkout or a subscription).
    ///
    /// - Parameter wasGivenUp: whether polling had been given up before.
    init(
        of judgement: Judgement,
        for subject: Transition.Subject,
        from before: TrackedStatus?,
        to tracked: TrackedStatus,
        says status: Status,
        wasGivenUp: Bool = false
    ) {
        let said = "«\(status.word ?? "")»"
        self.init(effect: judgement.effect, row: judgement.row)
        if before?.status != tracked.status || before?.amounts != tracked.amounts {
            transitions = [Transition(of: subject, from: before?.status, to: tracked)]
        }
        switch judgement.anomaly {
        case .unknownStatus:
            open(.unknownStatus, "the gateway says \(said), a word that we do not know")
        case .regression:
            open(
                .regression,
                "a callback says \(said) over «\(tracked.status.word ?? "")»: it is held, and the gateway is asked"
            )
        case .lateSuccess: open(.lateSuccess, "\(said) came after an unpaid end")
        case .unknownType, .amountMismatch, .currencyMismatch, .inconsistentSums, .conflict, .undecodable,
            .foreignAnswer, .unresolved, .manualCorrection, .ambiguousSignature, .undelivered, nil:
            break
        }
        var conditions: ResolutionConditions = []
        if judgement.resolvesHeld { conditions.insert(.heldIsDecided) }
        if judgement.effect.isNews, !tracked.status.isUnknownWord { conditions.insert(.wordsAreKnown) }
        if judgement.effect.isNews, wasGivenUp { conditions.insert(.hasNewEvidence) }
        resolve(conditions)
    }

    /// The length in bytes beyond which no further reasons are added, because nobody reads more.
    private static let longestDetail = 4000
    private static let more = "; and more of the kind"

    /// Opens an anomaly; a second one of the same kind adds its reason to the first, as long as there is room.
    mutating func open(_ kind: AnomalyKind, _ detail: String, isNotice: Bool = false) {
        guard let index = anomalies.firstIndex(where: { $0.kind == kind }) else {
            return anomalies.append(Anomaly(kind: kind, detail: detail, isNotice: isNotice))
        }
        let known = anomalies[index].detail
        guard known.utf8.count < Self.longestDetail else {
            guard !known.hasSuffix(Self.more) else { return }
            anomalies[index] = Anomaly(kind: kind, detail: known + Self.more, isNotice: isNotice)
            return
        }
        guard !known.contains(detail) else { return }
        anomalies[index] = Anomaly(kind: kind, detail: "\(known); \(detail)", isNotice: isNotice)
    }
}

/// The kinds of anomaly that evidence resolves, each with the reason in words. They are few, and there is a set for
/// every report.
package struct Resolutions: Sendable, Equatable, Sequence {
    package struct Resolution: Sendable, Equatable {
        package let kind: AnomalyKind
        package let reason: String
    }

    private var all: [Resolution] = []

    package init() {}

    package var isEmpty: Bool { all.isEmpty }

    package subscript(kind: AnomalyKind) -> String? {
        get { all.first { $0.kind == kind }?.reason }
        set {
            if !all.isEmpty { all.removeAll { $0.kind == kind } }
            guard let newValue else { return }
            if all.isEmpty { all.reserveCapacity(8) }
            all.append(Resolution(kind: kind, reason: newValue))
        }
    }

    package func makeIterator() -> some IteratorProtocol<Resolution> { all.makeIterator() }
}
