import Gateways
import Ledger
import Payments

/// Narrates the events one after another, and keeps track of what the reader knows so far.
struct Narrator {
    /// The story's subject, as the sentences call it: payment, checkout or subscription.
    let hero: String
    let heroID: String
    /// Whether the gateway reports only transactions.
    let isFolded: Bool
    let currency: String?
    let operations: [String: ViewRow]
    /// Where each callback goes on to, by its number.
    let forwards: [String: [ViewRow]]
    let colours: Bool

    /// The status known at this point of the story.
    var status: String?
    var state: State?
    var amount: Int64?
    /// States and statuses of the operations, by id.
    var operationStates: [String: State] = [:]
    var operationWords: [String: String] = [:]
    /// Poll instructions since the last answer.
    var orders: [String] = []
    /// Evidence that requests an immediate poll, as far as it can be determined, since the last readable answer.
    var pollRequests: [(evidence: String, at: Timestamp)] = []
    /// The callbacks that are held.
    var held: [String] = []
    var isWatched = false
    /// When the gateway last reported something, or watching began.
    var spokenAt: Timestamp?
    var previousAt: Timestamp?
    var hasTrouble = false

    init(_ history: History, colours: Bool) {
        hero =
            switch history.entity {
            case .payment, .operation: "payment"
            case .checkout: "checkout"
            case .subscription: "subscription"
            }
        heroID = history.entity.id
        isFolded = gateways.first { $0.name == history.gateway }?.foldsOperations ?? false
        currency = history.subject.word("currency")
        operations = Dictionary(history.operations.map { ($0.text("operation_id"), $0) }) { first, _ in first }
        forwards = Dictionary(grouping: history.forwards) { $0.text("callback_id") }
        self.colours = colours
    }

    /// The causes of a poll at this time: the instructions, else evidence that is held or arrived shortly before.
    func causes(at time: Timestamp) -> [String] {
        guard orders.isEmpty else { return orders }
        return pollRequests.filter { held.contains($0.evidence) || time <= $0.at + .seconds(60) }.map(\.evidence)
    }

    /// When an event begins: a poll when its request was sent, unless something else happened before its answer
    /// arrived.
    func beginning(of event: HistoryEvent) -> Timestamp {
        guard case .poll(let row) = event.kind else { return event.at }
        let askedAt = row.requiredTime("asked_at")
        return previousAt.map { askedAt < $0 } ?? false ? event.at : askedAt
    }

    /// Narrates one event, in paragraphs.
    mutating func narrate(_ event: HistoryEvent) -> [String] {
        var paragraphs: [String] = []
        switch event.kind {
        case .callback(let row): paragraphs.append(narrate(callback: row, event))
        case .poll(let row): paragraphs.append(narrate(poll: row, event))
        case .instruction(let row): paragraphs.append(narrate(instruction: row, event))
        case .unexplained: break
        }
        let steps = event.transitions.filter { !$0.isOfOperation } + event.transitions.filter(\.isOfOperation)
        let changes = steps.compactMap { narrate(transition: $0, among: steps) }
        if !changes.isEmpty { paragraphs.append(changes.joined(separator: " ")) }
        paragraphs += event.raised.map { narrate(raised: $0, event) }
        paragraphs += event.resolved.map { narrate(resolved: $0) }
        previousAt = event.at
        return paragraphs
    }
}

extension Narrator {
    func narrate(raised row: ViewRow, _ event: HistoryEvent) -> String {
        let kind = row.word("kind") ?? ""
        let detail = Self.isTold(kind, by: event) ? "" : row.word("detail").map { ": \($0)" } ?? ""
        if Self.isAlarm(row) { return "Alarm \(kind) raised\(detail)." }
        let isBornClosed = row.text("closed_at") == row.text("opened_at")
        return isBornClosed ? "Notice \(kind) recorded\(detail)." : "Notice \(kind) raised\(detail)."
    }

    /// Whether the text about the evidence already contains the anomaly's detail.
    private static func isTold(_ kind: String, by event: HistoryEvent) -> Bool {
        switch AnomalyKind(rawValue: kind) {
        case .regression, .lateSuccess, .manualCorrection: true
        case .ambiguousSignature: event.evidence.hasPrefix("callback")
        case .undecodable, .foreignAnswer: event.evidence.hasPrefix("poll")
        case .unknownStatus, .unknownType, .amountMismatch, .currencyMismatch, .inconsistentSums, .conflict,
            .unresolved, .undelivered, nil:
            false
        }
    }

    private static func isAlarm(_ row: ViewRow) -> Bool { Severity(rawValue: row.text("severity")) == .alarm }

    func narrate(resolved row: ViewRow) -> String {
        let what = Self.isAlarm(row) ? "alarm" : "notice"
        return "This settles the \(what) \(row.word("kind") ?? ""): \(row.word("resolution") ?? "")."
    }
}
