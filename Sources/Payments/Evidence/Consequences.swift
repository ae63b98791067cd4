/// What follows from recording one report: all of it is written in one transaction.
package struct Consequences: Sendable, Equatable {
    /// What it did to the payment (design 3.6, `callbacks.effect`).
    package var effect: Effect
    /// The row of the table in design 3.3 that decided it; `nil` where none was asked.
    package var row: Int?
    package var transitions: [Transition]
    package var anomalies: [Anomaly]
    /// Anomalies that this evidence settles, with the reason in words.
    package var resolved: Resolutions

    package init(
        effect: Effect,
        row: Int? = nil,
        transitions: [Transition] = [],
        anomalies: [Anomaly] = [],
        resolved: Resolutions = Resolutions()
    ) {
        self.effect = effect
        self.row = row
        self.transitions = transitions
        self.anomalies = anomalies
        self.resolved = resolved
    }

    /// The consequences of a judgement on a line that stands by itself.
    init(
        of judgement: Judgement,
        for subject: Transition.Subject,
        from before: TrackedStatus?,
        to tracked: TrackedStatus,
        says status: Status
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
            .foreignAnswer, .unresolved, .manualCorrection, .ambiguousSignature, nil:
            break
        }
    }

    /// Nobody reads more reasons than fit into so many bytes.
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

/// Which kinds of anomaly evidence settles, each with the reason in words. They are few, and told with each report.
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
