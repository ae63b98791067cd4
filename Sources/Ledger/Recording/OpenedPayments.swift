/// How many more payments of each account are open after a transaction than before it. It is written once, at its end:
/// all payments of an account share that row, and some engines keep each version of it for a while.
final class OpenedPayments {
    static let counting: StaticString = "UPDATE account SET open_payments = open_payments + ? WHERE id = ?"

    private var counts: [Int64: Int64] = [:]

    func add(_ count: Int64, to account: AccountRow) {
        counts[account.id, default: 0] += count
    }

    func write(in statements: any Statements) throws {
        for (account, count) in counts where count != 0 {
            try statements.execute(Self.counting) {
                count
                account
            }
        }
    }
}
