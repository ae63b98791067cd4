import Ledger
import Payments

/// An event, with everything that it changed.
struct HistoryEvent {
    enum Deed {
        case callback(ViewRow)
        case poll(ViewRow)
        case instruction(ViewRow)
        /// Changes whose evidence is no longer there.
        case unexplained
    }

    let deed: Deed
    /// When it took effect: when a callback was received, or finally authenticated; when an answer arrived.
    let at: Timestamp
    /// `callback:N`, `poll:N` or `operator:N`; empty if it is unexplained.
    let evidence: String
    var transitions: [ViewRow] = []
    var raised: [ViewRow] = []
    var resolved: [ViewRow] = []

    /// The order of events that took effect at the same time: instructions, then callbacks, then answers.
    fileprivate var turn: Int {
        switch deed {
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
                let at = callback.time("reverified_at") ?? callback.moment("received_at")
                return HistoryEvent(deed: .callback(callback), at: at, evidence: "callback:\(callback.id)")
            }
            + polls.map { poll in
                let at = poll.time("answered_at") ?? poll.moment("asked_at")
                return HistoryEvent(deed: .poll(poll), at: at, evidence: "poll:\(poll.id)")
            }
            + instructions.map {
                HistoryEvent(deed: .instruction($0), at: $0.moment("given_at"), evidence: "operator:\($0.id)")
            }
        var places = Dictionary(uniqueKeysWithValues: all.indices.map { (all[$0].evidence, $0) })
        /// The index of the evidence's event, or of a new one if the evidence is not there.
        func place(_ evidence: String, at moment: Timestamp) -> Int {
            if let place = places[evidence] { return place }
            all.append(HistoryEvent(deed: .unexplained, at: moment, evidence: evidence))
            places[evidence] = all.count - 1
            return all.count - 1
        }
        for row in transitions {
            all[place(row.text("evidence_id"), at: row.moment("recorded_at"))].transitions.append(row)
        }
        for row in anomalies {
            all[place(row.text("evidence_id"), at: row.moment("opened_at"))].raised.append(row)
            guard let closedAt = row.time("closed_at"), closedAt > row.moment("opened_at") else { continue }
            let settler = all.indices.filter { all[$0].couldHaveSettled(at: closedAt) }.max { all[$0].at < all[$1].at }
            all[settler ?? place("settled:\(row.id)", at: closedAt)].resolved.append(row)
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
    fileprivate func couldHaveSettled(at moment: Timestamp) -> Bool {
        switch deed {
        case .callback, .instruction: at == moment
        case .poll: at <= moment && moment <= at + .seconds(60)
        case .unexplained: false
        }
    }
}

extension ViewRow {
    fileprivate var id: String { text("id") }
}
