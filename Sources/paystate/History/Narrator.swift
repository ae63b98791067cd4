import Gateways
import Ledger
import Payments

/// Tells what happened, one occurrence after the other, and remembers what a reader knows by then.
struct Narrator {
    /// What the story is about, as the sentences call it: payment, checkout or subscription.
    let hero: String
    let heroID: String
    /// Whether the gateway states only transactions.
    let isFolded: Bool
    let currency: String?
    let operations: [String: ViewRow]
    let colours: Bool

    /// What is known at this point of the story.
    var status: String?
    var state: State?
    var amount: Int64?
    /// States and statuses of the operations, by id.
    var operationStates: [String: State] = [:]
    var operationWords: [String: String] = [:]
    /// Instructions to ask since the last answer.
    var orders: [String] = []
    /// What wants an answer at once, as far as it can be told, since the last answer that could be read.
    var pollRequests: [(evidence: String, at: Timestamp)] = []
    /// The callbacks that are held.
    var held: [String] = []
    var isWatched = false
    /// When the gateway last said something, or a person began to watch.
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
        self.colours = colours
    }

    /// What made somebody ask at a moment: the orders, else what is held or came shortly before.
    func causes(at moment: Timestamp) -> [String] {
        guard orders.isEmpty else { return orders }
        return pollRequests.filter { held.contains($0.evidence) || moment <= $0.at + .seconds(60) }.map(\.evidence)
    }

    /// When an occurrence begins: a question with its sending, unless something else happened before its answer came.
    func beginning(of event: HistoryEvent) -> Timestamp {
        guard case .poll(let row) = event.deed else { return event.at }
        let askedAt = row.moment("asked_at")
        return previousAt.map { askedAt < $0 } ?? false ? event.at : askedAt
    }

    /// Tells one occurrence, in paragraphs.
    mutating func narrate(_ event: HistoryEvent) -> [String] {
        var paragraphs: [String] = []
        switch event.deed {
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
