import Ledger
import Payments

extension Narrator {
    mutating func narrate(poll row: ViewRow, _ event: HistoryEvent) -> String {
        let askedAt = row.requiredTime("asked_at")
        let place = [event.evidence, row.word("endpoint")].compactMap(\.self).joined(separator: ", ")
        let opening =
            if let previousAt, askedAt < previousAt {
                "The answer to the poll at \(askedAt.clock(on: event.at.day))\(about(row)) arrived (\(place))."
            } else {
                "\(reason(row, askedAt))\(about(row)) (\(place))."
            }
        let answer = answer(row, askedAt, event)
        note(row, event)
        return "\(opening) \(answer)"
    }

    /// The polled entity, if it is not the story's subject.
    private func about(_ row: ViewRow) -> String {
        let entity = row.text("entity")
        return entity == hero ? "" : " about \(entity) \(row.word("entity_id") ?? "")"
    }

    /// The reason for the poll.
    private func reason(_ row: ViewRow, _ askedAt: Timestamp) -> String {
        if !orders.isEmpty { return "As requested (\(Self.list(orders))), the gateway was polled" }
        let causes = causes(at: askedAt)
        if !causes.isEmpty { return "To settle what \(Self.list(causes)) left open, the gateway was polled" }
        if hasTrouble { return "The gateway was polled again" }
        let pause = spokenAt.map { askedAt - $0 }
        if let pause, pause < .milliseconds(500) {
            return "The last report left something open, so the gateway was polled at once"
        }
        let silence = pause?.words
        let after = silence.map { " after \($0)" } ?? ""
        let id = row.text("entity_id")
        let state = operationStates[id] ?? state
        switch state {
        case .unknown where !operationStates.isEmpty && status == nil:
            return "Nothing was known about the payment itself, so the gateway was polled"
        case .unknown where status == nil, nil:
            return "Nothing had arrived\(silence.map { " for \($0)" } ?? ""), so the gateway was polled"
        case .unknown: return "Paystate does not know what its status means, so the gateway was polled"
        case .pending: return "Nothing new arrived for \(silence ?? "a while"), so the gateway was polled"
        case .authorized: return "The money was still only held, so the gateway was polled"
        case .failed, .expired:
            return "A success can follow a failure, so the gateway was polled once more\(after)"
        case .succeeded, .partiallyRefunded, .cancelled, .refunded, .chargedBack:
            let isOpen = operationStates.values.contains { !$0.isFinal }
            return isOpen
                ? "An operation was not final, so the gateway was polled"
                : "A callback about a refund may have got lost, so the gateway was polled once more\(after)"
        }
    }

    private func answer(_ row: ViewRow, _ askedAt: Timestamp, _ event: HistoryEvent) -> String {
        let http = row.number("http_status").map { "HTTP \($0)" }
        let time = row.time("answered_at").map { $0 - askedAt }
        let pause = time.map { $0 < .milliseconds(100) ? " at once" : " after \($0.words)" } ?? ""
        let answered = "It answered\(pause)" + (http.map { " (\($0))" } ?? "")
        let detail = row.word("detail")
        switch PollOutcome(rawValue: row.text("outcome")) {
        case .applied, .unchanged, .late, .unrecognised:
            let word = said(row, in: event).map { " «\($0)»" } ?? " with a status"
            let explanation = RuleExplanation(number: row.number("rule"), effect: row.text("outcome")).words(
                of: row.word("entity") ?? hero,
                isAnswer: true
            )
            return "\(answered)\(word)\(explanation)."
        case .notFound:
            return "\(answered): not found. This is not a failure: \(comfort)."
        case .unauthorized:
            return """
                It rejected the account's credentials\(http.map { " (\($0))" } ?? ""): check the account's secret and \
                number. This says nothing about the \(hero).
                """
        case .rateLimited:
            let aside = http.map { " (\($0))" } ?? ""
            return "It was polled too often\(aside), so polling is paused for a while; this does not count."
        case .unavailable:
            let trouble = (detail ?? http).map { " (\($0))" } ?? ""
            return "It gave no usable answer\(trouble); this does not count, and it is polled again."
        case .undecodable:
            let reason = detail.map { ": \($0)" } ?? ""
            return "\(answered), but the answer cannot be trusted\(reason). It was kept, and changed nothing."
        case .foreign:
            return """
                \(answered) about another account, or about something else than was polled. It was kept, and changed \
                nothing.
                """
        case nil: return "There is no answer yet."
        }
    }

    /// What it means that the gateway does not know the entity.
    private var comfort: String {
        guard status == nil else { return "it changes nothing" }
        return hero == "subscription" ? "check its id and the account" : "perhaps the buyer has not paid yet"
    }

    /// The gateway's word in an answer: as it was recorded, else as far as it changed something or is known.
    private func said(_ row: ViewRow, in event: HistoryEvent) -> String? {
        if let word = row.word("status") { return word }
        let own = event.transitions.first { $0.text("entity_id") == row.text("entity_id") }
        if let change = own ?? event.transitions.first { return change.word("to_status") }
        guard PollOutcome(rawValue: row.text("outcome")) == .unchanged else { return nil }
        return row.text("entity") == hero ? status : operationWords[row.text("entity_id")]
    }

    /// Joins the first three, and mentions the others.
    static func list(_ evidence: [String]) -> String {
        let few = evidence.prefix(3)
        return few.joined(separator: ", ") + (few.count < evidence.count ? " and others" : "")
    }

    private mutating func note(_ row: ViewRow, _ event: HistoryEvent) {
        guard let outcome = PollOutcome(rawValue: row.text("outcome")) else { return }
        hasTrouble = outcome.isTrouble
        guard !outcome.isTrouble else { return }
        orders = []
        guard outcome.isReadable else { return }
        spokenAt = event.at
        guard row.number("rule") != 0 else { return pollRequests.append((event.evidence, event.at)) }
        pollRequests = []
        held = []
    }
}
