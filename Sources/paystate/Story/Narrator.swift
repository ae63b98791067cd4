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
    func beginning(of occurrence: Occurrence) -> Timestamp {
        guard case .poll(let row) = occurrence.deed else { return occurrence.at }
        let askedAt = row.moment("asked_at")
        return previousAt.map { askedAt < $0 } ?? false ? occurrence.at : askedAt
    }

    /// Tells one occurrence, in paragraphs.
    mutating func tell(_ occurrence: Occurrence) -> [String] {
        var paragraphs: [String] = []
        switch occurrence.deed {
        case .callback(let row): paragraphs.append(tell(callback: row, occurrence))
        case .poll(let row): paragraphs.append(tell(poll: row, occurrence))
        case .instruction(let row): paragraphs.append(tell(instruction: row, occurrence))
        case .unexplained: break
        }
        let steps = occurrence.transitions.filter { !$0.isOfOperation } + occurrence.transitions.filter(\.isOfOperation)
        let changes = steps.compactMap { tell(transition: $0, among: steps) }
        if !changes.isEmpty { paragraphs.append(changes.joined(separator: " ")) }
        paragraphs += occurrence.raised.map { tell(raised: $0, occurrence) }
        paragraphs += occurrence.resolved.map { tell(resolved: $0) }
        previousAt = occurrence.at
        return paragraphs
    }
}
