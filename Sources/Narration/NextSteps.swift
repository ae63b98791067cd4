package import Ledger
import Payments

/// What to expect next: when the gateway is polled and why, what is held, which anomalies are open and what to do about
/// them.
struct NextSteps {
    let history: History
    /// The narrator, at the end of the story.
    let narrator: Narrator
    let now: Timestamp

    var sentences: [String] {
        held + [polling] + alarms
    }

    private var row: ViewRow { history.subject }
    private var hero: String { narrator.hero }

    private var held: [String] {
        guard !narrator.held.isEmpty else { return [] }
        let what = Narrator.list(narrator.held)
        return ["Held: \(what). It counts only if the gateway says the same when polled."]
    }

    // MARK: The next poll

    private var polling: String {
        guard let next = row.time("next_poll_at") ?? row.time("next_audit_at") else { return rest }
        let reason = reason(for: next)
        if let pause = history.pause, pause.until > max(now, next) {
            return "\(reason) \(pause.words(on: now.day))."
        }
        if next > now {
            let when = next.clock(on: now.day)
            let pause = (next - now).words
            return "\(reason) The next poll is at \(when), in \(pause), unless a callback arrives first."
        }
        guard next + .seconds(60) < now else { return "\(reason) The \(hero) is being polled now." }
        return """
            \(reason) The poll was due at \(next.clock(on: now.day)), \((now - next).words) ago: either no daemon is \
            running, or it is behind with its polls.
            """
    }

    private func reason(for next: Timestamp) -> String {
        guard narrator.orders.isEmpty else { return "A poll was requested (\(Narrator.list(narrator.orders)))." }
        let causes = narrator.causes(at: next)
        guard causes.isEmpty else { return "A poll is needed to settle what \(Narrator.list(causes)) left open." }
        let since = narrator.spokenAt.map { " since \($0.clock(on: now.day)) (\((now - $0).words) ago)" } ?? ""
        return stateReason(since)
    }

    private func stateReason(_ since: String) -> String {
        switch State(rawValue: row.text("state")) {
        case .unknown where row.word("status") == nil && !history.operations.isEmpty:
            return "Nothing is known about the \(hero) itself, only about its operations."
        case .unknown where row.word("status") == nil:
            return "Nothing is known about this \(hero), and nothing has arrived\(since)."
        case .unknown: return "Paystate does not know what «\(row.word("status") ?? "")» means."
        case .pending: return "It is not final; nothing new has arrived\(since)."
        case .authorized: return "The money is held, and was neither captured nor released\(since)."
        case .failed, .expired: return "A success can follow a failure, so the \(hero) is polled once more."
        case .succeeded, .partiallyRefunded, .cancelled, .refunded, .chargedBack:
            let isOpen = narrator.operationStates.values.contains { !$0.isFinal }
            return isOpen
                ? "An operation is not final."
                : "A callback about a refund may get lost, so the \(hero) is polled once more."
        case nil: return "A poll was requested."
        }
    }

    private var rest: String {
        guard PollState.Phase(rawValue: row.text("reconciliation")) != .unresolved else {
            return """
                The gateway was polled long enough, and this \(hero) was given up on (unresolved): how it ended is not \
                known, and nothing is assumed. Look it up in the gateway's back office; `\(pollCommand)` polls it again.
                """
        }
        guard hero != "subscription" else {
            return "A subscription is polled only on request: `\(pollCommand)`."
        }
        return "It is final and is no longer polled. Callbacks are still processed."
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
            let opened = anomaly.requiredTime("opened_at").clock(on: now.day)
            return """
                Open since \(opened): \(anomaly.word("kind") ?? ""), \(anomaly.word("detail") ?? ""). \
                \(kind.map(advice) ?? "")
                """
        }
    }

    private func advice(on kind: AnomalyKind) -> String {
        switch kind {
        case .regression, .ambiguousSignature, .conflict:
            "The gateway's answer settles it; `\(pollCommand)` polls at once."
        case .unknownStatus:
            "Ask the gateway what this status means, and do not act on this \(hero) until you know."
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
            Look in the gateway's back office for a capture, refund or void that Paystate does not know, and add its \
            uid with `paystate watch`; `paystate acknowledge` closes the alarm with a note.
            """
        case .undecodable:
            "Look at the body in the database, and report it to the gateway's support, or to Paystate's authors."
        case .foreignAnswer: "Check that the account's number, secret and URLs belong together."
        case .unresolved: "Look it up in the gateway's back office; `\(pollCommand)` polls it again."
        case .undelivered:
            "Mend what the target refuses, then `paystate deliver --payment \(Terminal.harmless(history.entity.id))` sends it again."
        case .lateSuccess, .manualCorrection: ""
        }
    }
}

extension GatewayPause {
    /// - Parameter day: the day that the reader has in mind.
    package func words(on day: String) -> String {
        let trouble = [reason.rawValue, detail].compactMap(\.self).joined(separator: ": ")
        let end = until.clock(on: day).prefix { $0 != "." }
        return "The gateway is in trouble (\(trouble)): polling is paused until \(end)"
    }
}
