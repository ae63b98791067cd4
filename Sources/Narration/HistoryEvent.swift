import Ledger
import Payments

/// An event, with everything that it changed.
struct HistoryEvent {
    enum Kind {
        case callback(ViewRow)
        case poll(ViewRow)
        case instruction(ViewRow)
        /// Changes whose evidence is no longer there.
        case unexplained
    }

    let kind: Kind
    /// When it took effect: when a callback was received, or finally authenticated; when an answer arrived.
    let at: Timestamp
    /// `callback:N`, `poll:N` or `operator:N`; empty if it is unexplained.
    let evidence: String
    var transitions: [ViewRow] = []
    var raised: [ViewRow] = []
    var resolved: [ViewRow] = []

    /// The order of events that took effect at the same time: instructions, then callbacks, then answers.
    fileprivate var turn: Int {
        switch kind {
        case .instruction: 0
        case .callback: 1
        case .poll: 2
        case .unexplained: 3
        }
    }
}

extension History {
    /// All events, in the order in which they took effect.
    var events: [HistoryEvent] {
        var all =
            callbacks.map { callback in
                let at = callback.time("reverified_at") ?? callback.requiredTime("received_at")
                return HistoryEvent(kind: .callback(callback), at: at, evidence: "callback:\(callback.id)")
            }
            + polls.map { poll in
                let at = poll.time("answered_at") ?? poll.requiredTime("asked_at")
                return HistoryEvent(kind: .poll(poll), at: at, evidence: "poll:\(poll.id)")
            }
            + instructions.map {
                HistoryEvent(kind: .instruction($0), at: $0.requiredTime("given_at"), evidence: "operator:\($0.id)")
            }
        var places = Dictionary(uniqueKeysWithValues: all.indices.map { (all[$0].evidence, $0) })
        /// The index of the evidence's event, or of a new one if the evidence is not there.
        func place(_ evidence: String, at time: Timestamp) -> Int {
            if let place = places[evidence] { return place }
            all.append(HistoryEvent(kind: .unexplained, at: time, evidence: evidence))
            places[evidence] = all.count - 1
            return all.count - 1
        }
        for row in transitions {
            all[place(row.text("evidence_id"), at: row.requiredTime("recorded_at"))].transitions.append(row)
        }
        for row in anomalies {
            all[place(row.text("evidence_id"), at: row.requiredTime("opened_at"))].raised.append(row)
            guard let closedAt = row.time("closed_at"), closedAt > row.requiredTime("opened_at") else { continue }
            let cause = all.indices.filter { all[$0].couldHaveResolved(at: closedAt) }.max { all[$0].at < all[$1].at }
            all[cause ?? place("settled:\(row.id)", at: closedAt)].resolved.append(row)
        }
        return all.enumerated().sorted { earlier, later in
            (earlier.element.at.milliseconds, earlier.element.turn, earlier.offset)
                < (later.element.at.milliseconds, later.element.turn, later.offset)
        }.map(\.element)
    }
}

extension HistoryEvent {
    /// Whether the event could have resolved an anomaly at this time: an answer is recorded a little after it arrived,
    /// anything else at once.
    fileprivate func couldHaveResolved(at time: Timestamp) -> Bool {
        switch kind {
        case .callback, .instruction: at == time
        case .poll: at <= time && time <= at + .seconds(60)
        case .unexplained: false
        }
    }
}

extension ViewRow {
    fileprivate var id: String { text("id") }
}
