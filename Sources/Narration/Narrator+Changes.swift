import Ledger
import Payments

extension Narrator {
    mutating func narrate(instruction row: ViewRow, _ event: HistoryEvent) -> String {
        let evidence = event.evidence
        let what = row.text("entity") == "operation" ? "operation \(row.word("entity_id") ?? "")" : "the \(hero)"
        if row.text("command") == "acknowledge" {
            let (kind, note) = (row.word("kind") ?? "", row.word("note") ?? "")
            return "A person closed the anomaly \(kind): \(note) (\(evidence))."
        }
        guard row.text("command") == "watch" else {
            orders.append(evidence)
            return "A person or program requested an immediate poll of \(what) (\(evidence))."
        }
        spokenAt = spokenAt ?? event.at
        defer { isWatched = true }
        let expected = [
            row.word("reference").map { "the reference \($0)" },
            row.money("amount_minor", in: row.word("currency") ?? currency),
            row.number("amount_minor") == nil ? row.word("currency").map { "the currency \($0)" } : nil,
        ].compactMap(\.self)
        let expecting = expected.isEmpty ? "" : ", expecting \(expected.joined(separator: " and "))"
        let began = isWatched ? "watched \(what) again" : "started to watch \(what)"
        return "A person or program \(began)\(expecting) (\(evidence))."
    }

    mutating func narrate(transition row: ViewRow, among steps: [ViewRow]) -> String? {
        let to = row.text("to_state")
        let from = row.word("from_state")
        let state = Terminal.coloured(to, in: colours)
        let step =
            switch from {
            case nil: "\(State(rawValue: to)?.verb ?? "is") \(state)"
            case to: "stays \(state)\(row["to_status"] == row["from_status"] ? "" : newStatus(row))"
            case .some(let from): "goes from \(Terminal.coloured(from, in: colours)) to \(state)"
            }
        if row.isOfOperation {
            let id = row.text("operation_id")
            operationStates[id] = State(rawValue: to)
            operationWords[id] = row.word("to_status")
            guard !isHero(row) || !steps.contains(where: { $0.saysTheSame(as: row) }) else { return nil }
            let operation = operations[id]
            let facts = [
                operation?.word("type"), row.money("amount_minor", in: operation?.word("currency") ?? currency),
            ].compactMap(\.self)
            let aside = facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
            return "Operation \(Terminal.harmless(id))\(aside) \(step)."
        }
        guard row.text("entity") == hero else {
            return "The \(row.word("entity") ?? "") \(row.word("entity_id") ?? "") \(step)."
        }
        self.state = State(rawValue: to)
        status = row.word("to_status")
        if hero == "subscription", let status { return "The subscription is «\(status)»\(newSums(row))." }
        let sums = newSums(row)
        let isBlank = from == nil && self.state == .unknown && status == nil && sums.isEmpty
        return isBlank ? "Nothing is known about the \(hero) yet." : "The \(hero) \(step)\(sums)."
    }

    private func newStatus(_ row: ViewRow) -> String { row.word("to_status").map { " («\($0)»)" } ?? "" }

    /// Whether an operation is the payment itself, as the root is if the gateway reports only transactions.
    func isHero(_ row: ViewRow) -> Bool { isFolded && row.text("operation_id") == heroID }

    /// The amounts in a transition, where they differ from what the reader knows.
    private mutating func newSums(_ row: ViewRow) -> String {
        var text = ""
        // An operation that is described mentions the amount itself.
        let isNews = amount != nil || isFolded || operations.isEmpty
        if let sum = row.number("amount_minor"), sum != amount, isNews {
            text += amount == nil ? ": \(AmountText.text(sum, currency))" : ", now \(AmountText.text(sum, currency))"
        }
        amount = row.number("amount_minor") ?? amount
        if let moved = row.number("moved_minor"), let kind = row.text("kind").entryKind {
            let sum = AmountText.text(moved < 0 ? moved.negatedSaturated : moved, row.word("currency"))
            switch kind {
            // A payment that is captured whole is described by its state.
            case .capture where moved == amount: break
            case .capture: text += moved > 0 ? ", \(sum) captured" : ", \(sum) taken back"
            case .refund: text += moved < 0 ? ", \(sum) refunded" : ", a refund of \(sum) taken back"
            case .refundReversal: text += ", a refund of \(sum) undone"
            case .chargeback: text += moved < 0 ? ", \(sum) charged back" : ", a chargeback of \(sum) taken back"
            case .payout: text += moved < 0 ? ", \(sum) paid out" : ", a payout of \(sum) taken back"
            }
        }
        return text
    }
}

extension String {
    fileprivate var entryKind: Entry.Kind? { Entry.Kind(rawValue: self) }
}

extension ViewRow {
    /// Whether a transition belongs to an operation, rather than to its parent.
    var isOfOperation: Bool { text("entity") == "operation" }

    /// Whether a payment's transition is the same as that of its root.
    fileprivate func saysTheSame(as root: ViewRow) -> Bool {
        !isOfOperation && self["to_state"] == root["to_state"] && self["to_status"] == root["to_status"]
    }
}
