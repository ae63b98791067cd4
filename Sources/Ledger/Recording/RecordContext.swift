import Payments

/// What every row that is recorded has in common: the account, the evidence that brings it, and where it is written.
struct RecordContext {
    let account: AccountRow
    let evidence: EvidenceID
    let statements: any Statements
    let numbers: RowNumbers
    let opened: OpenedPayments
}

/// The numbers of the rows that one transaction adds, counted by the one writer: the numbers of transitions have no
/// gaps and follow the order of commits on every engine, where a sequence of the engine's own would lose a number with
/// each rollback.
final class RowNumbers {
    /// When the last transition was recorded.
    static let lastTime: StaticString = "SELECT recorded_at FROM transition ORDER BY seq DESC LIMIT 1"

    static let nextPaymentNumber: StaticString = "SELECT coalesce(max(id), 0) + 1 FROM payment"

    static let nextTransitionNumber: StaticString = "SELECT coalesce(max(seq), 0) + 1 FROM transition"

    private let statements: any Statements
    private var payment: Int64?
    private var transition: Int64?

    init(in statements: any Statements) {
        self.statements = statements
    }

    func nextPayment() throws -> Int64 {
        let number = try payment ?? statements.number(Self.nextPaymentNumber) ?? 1
        payment = number.addingSaturated(1)
        return number
    }

    func nextTransition() throws -> Int64 {
        let number = try transition ?? statements.number(Self.nextTransitionNumber) ?? 1
        transition = number.addingSaturated(1)
        return number
    }

    /// The number of the last transition that this transaction adds; `nil` if it adds none.
    var lastAdded: Int64? { transition.map { $0 - 1 } }

    /// Has the numbers read again: rows were added apart from these.
    func forget() {
        (payment, transition) = (nil, nil)
    }
}
