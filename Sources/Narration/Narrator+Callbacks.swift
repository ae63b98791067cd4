import Gateways
import Ledger
import Payments

extension Narrator {
    mutating func narrate(callback row: ViewRow, _ event: HistoryEvent) -> String {
        let effect = Effect(rawValue: row.text("effect"))
        let sender = row.word("remote_address").map { " from \($0)" } ?? ""
        var sentences = ["A callback arrived\(sender), \(Self.proof(row)) (\(event.evidence))."]
        if row.time("reverified_at") != nil {
            let received = row.requiredTime("received_at").clock(on: event.at.day)
            sentences = [
                """
                A callback that arrived\(sender) at \(received), and was rejected then, was verified again after a \
                key was corrected: it is \(Self.proof(row)) (\(event.evidence)).
                """
            ]
        }
        if let deliveries = row.number("deliveries"), deliveries > 1 {
            let last = row.requiredTime("last_received_at").clock(on: event.at.day)
            let times = deliveries == 2 ? "twice" : "\(deliveries) times"
            sentences.append("The same bytes arrived \(times), last at \(last): they count once.")
        }
        sentences.append(verdict(row, effect))
        sentences += (forwards[row.text("id")] ?? []).map { Self.passing($0, on: event.at.day) }
        note(effect, event)
        return sentences.joined(separator: " ")
    }

    private static func proof(_ row: ViewRow) -> String {
        let key = row.word("key_id") ?? ""
        return switch Authentic.Form(rawValue: row.text("form")) {
        case .basic: "authenticated by its Basic credentials (\(key))"
        case .signatureAndBasic: "authenticated by its signature and its Basic credentials, with key \(key)"
        case .bytes: "authenticated by its signature (paths in the order of their bytes) with key \(key)"
        case .lines: "authenticated by its signature (lines in the order of their bytes) with key \(key)"
        case .natural, .signature, nil: "authenticated by its signature with key \(key)"
        }
    }

    /// The reported status, the decision, and the reason.
    private func verdict(_ row: ViewRow, _ effect: Effect?) -> String {
        let says = says(row)
        switch effect {
        case .undecodable: return "It is authentic, but could not be decoded: it was kept, and changed nothing."
        case .held where Self.isAmbiguous(row):
            return """
                \(says), but because of a «;» in it the signature does not prove which field a value belongs to: \
                nothing of it was applied, and the gateway is polled.
                """
        case .unrecognised where row.number("rule") == nil:
            return "It says nothing that Paystate tracks: it was kept, and changed nothing."
        case .applied, .unchanged, .late, .held, .unrecognised, nil:
            let rule = RuleExplanation(number: row.number("rule"), effect: row.text("effect"))
            let explanation = rule.words(of: thing(row))
            return "\(says)\(explanation)" + (Self.isAmbiguous(row) ? Self.acceptance : ".")
        }
    }

    private static func isAmbiguous(_ row: ViewRow) -> Bool { Verdict(rawValue: row.text("verdict")) == .ambiguous }

    private static let acceptance =
        "; a «;» in it leaves open which field a value belongs to, which this account accepts."

    private func says(_ row: ViewRow) -> String {
        guard let status = row.word("status") else { return "It gives no status" }
        guard speaksOfChild(row), let operation = row.word("operation_id") else { return "It says «\(status)»" }
        return "It says «\(status)» about operation \(operation)"
    }

    /// What the evidence is judged as: each transaction by itself if the gateway reports only those.
    private func thing(_ row: ViewRow) -> String { speaksOfChild(row) ? "operation" : hero }

    private func speaksOfChild(_ row: ViewRow) -> Bool {
        isFolded && hero == "payment" && row.word("operation_id") != nil && !isHero(row)
    }

    private mutating func note(_ effect: Effect?, _ event: HistoryEvent) {
        spokenAt = event.at
        switch effect {
        case .held:
            held.append(event.evidence)
            pollRequests.append((event.evidence, event.at))
        case .late, .unrecognised: pollRequests.append((event.evidence, event.at))
        case .applied, .unchanged, .undecodable, nil: break
        }
    }
}
