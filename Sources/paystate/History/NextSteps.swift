import Ledger
import Payments

/// What to expect next: when the gateway is polled and why, what is held, which anomalies are open and what to do about
/// them.
struct NextSteps {
    let history: History
    /// The narrator, at the end of the story.
    let narrator: Narrator
    let now: Timestamp

    var sentences: [String] {
        held + [asking] + alarms
    }

    private var row: ViewRow { history.subject }
    private var hero: String { narrator.hero }

    private var held: [String] {
        guard !narrator.held.isEmpty else { return [] }
        let what = Narrator.list(narrator.held)
        return ["Held: \(what). It counts only if the gateway says the same when it is asked."]
    }

    // MARK: The next poll

    private var asking: String {
        guard let next = row.time("next_poll_at") ?? row.time("next_audit_at") else { return rest }
        let reason = reason(for: next)
        if let pause = history.pause, pause.until > max(now, next) {
            return "\(reason) \(pause.words(on: now.day))."
        }
        if next > now {
            let when = next.clock(on: now.day)
            let pause = (next - now).words
            return "\(reason) The gateway is asked next at \(when), in \(pause), unless a callback comes first."
        }
        guard next + .seconds(60) < now else { return "\(reason) The gateway is being asked about now." }
        return """
            \(reason) The gateway should have been asked at \(next.clock(on: now.day)), \((now - next).words) ago: either no \
            daemon runs, or it is behind with its questions.
            """
    }

    private func reason(for next: Timestamp) -> String {
        let causes = narrator.causes(at: next)
        guard causes.isEmpty else { return "An answer is wanted because of \(Narrator.list(causes))." }
        let since = narrator.spokenAt.map { " since \($0.clock(on: now.day)) (\((now - $0).words) ago)" } ?? ""
        return stateReason(since)
    }

    private func stateReason(_ since: String) -> String {
        switch State(rawValue: row.text("state")) {
        case .unknown where row.word("status") == nil && !history.operations.isEmpty:
            return "Of the \(hero) itself nothing is known, only of what belongs to it."
        case .unknown where row.word("status") == nil:
            return "Nothing is known of this \(hero), and nothing was heard\(since)."
        case .unknown: return "What «\(row.word("status") ?? "")» means is not known to Paystate."
        case .pending: return "It has not come to an end; nothing new was heard\(since)."
        case .authorized: return "The money is held, and neither taken nor released\(since)."
        case .failed, .expired: return "Success can follow a failure, so it is looked at once more."
        case .succeeded, .partiallyRefunded, .cancelled, .refunded, .chargedBack:
            let isOpen = narrator.operationStates.values.contains { !$0.isFinal }
            return isOpen
                ? "An operation has not come to an end." : "A refund might go unheard, so it is looked at once more."
        case nil: return "Somebody wants to know how it stands."
        }
    }

    private var rest: String {
        guard PollState.Phase(rawValue: row.text("reconciliation")) != .unresolved else {
            return """
                The gateway was asked often and long enough, and is asked no more; how this \(hero) ended is not known, and \
                nothing is assumed. Look for it in the gateway's back office; `\(pollCommand)` takes it up again.
                """
        }
        guard hero != "subscription" else {
            return "A subscription is asked about only when somebody wants it: `\(pollCommand)`."
        }
        return "It has come to an end, and the gateway is asked no more. A callback is still heard."
    }

    private var pollCommand: String {
        let name = Terminal.harmless(history.entity.id)
        return switch history.entity {
        case .payment, .operation: "paystate poll \(history.account) \(name)"
        case .checkout: "paystate poll \(history.account) --token \(name)"
        case .subscription: "paystate poll \(history.account) --subscription \(name)"
        }
    }

    // MARK: Open anomalies

    private var alarms: [String] {
        let open = history.anomalies.filter { anomaly in
            // That polling was given up is said instead of the next poll.
            anomaly.time("closed_at") == nil
                && (AnomalyKind(rawValue: anomaly.text("kind")) != .unresolved || row.time("next_poll_at") != nil)
        }
        return open.map { anomaly in
            let kind = AnomalyKind(rawValue: anomaly.text("kind"))
            let opened = anomaly.moment("opened_at").clock(on: now.day)
            return """
                Open since \(opened): \(anomaly.word("kind") ?? ""), \(anomaly.word("detail") ?? ""). \
                \(kind.map(advice) ?? "")
                """
        }
    }

    private func advice(on kind: AnomalyKind) -> String {
        switch kind {
        case .regression, .ambiguousSignature, .conflict:
            "The gateway's answer settles it; `\(pollCommand)` asks at once."
        case .unknownStatus:
            "Find out at the gateway what the word means, and do not act on this \(hero) until then."
        case .unknownType:
            """
            Find out in the gateway's back office what that operation moved; `paystate acknowledge` closes the alarm with a \
            note.
            """
        case .amountMismatch, .currencyMismatch:
            """
            Compare your order with what was paid before you deliver; `paystate watch` corrects what you expect, \
            `paystate acknowledge` accepts it with a note.
            """
        case .inconsistentSums:
            """
            Look in the gateway's back office for a capture, refund or void that Paystate does not know, and tell it the uid \
            with `paystate watch`; `paystate acknowledge` closes the alarm with a note.
            """
        case .undecodable: "Look at the body in the database, and tell the gateway's support, or Paystate's authors."
        case .foreignAnswer: "See that the account's number, secret and URLs belong together."
        case .unresolved: "Look for it in the gateway's back office; `\(pollCommand)` takes it up again."
        case .lateSuccess, .manualCorrection: ""
        }
    }
}

extension GatewayPause {
    /// - Parameter day: the day that the reader has in mind.
    func words(on day: String) -> String {
        let trouble = [reason.rawValue, detail].compactMap(\.self).joined(separator: ": ")
        let end = until.clock(on: day).prefix { $0 != "." }
        return "The gateway is in trouble (\(trouble)) and left alone until \(end)"
    }
}
