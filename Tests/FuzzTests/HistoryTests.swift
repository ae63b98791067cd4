import Fuzz
import Ledger
import Narration
import Payments
import TestSupport
import Testing

/// Whole histories with extreme numbers, times and answers, as `make fuzz` runs them for longer; each from a fixed
/// seed.
@Suite struct HistoryTests {
    @Test(arguments: [1, 2] as [UInt64])
    func `whatever numbers and times come, the ledger takes them, and all that reads it goes on reading`(
        seed: UInt64
    ) async throws {
        let folder = try History.folder()
        defer { folder.remove() }
        var history = try History(seed: seed, in: folder)
        try await history.run(steps: 60)
        try LedgerOracle(path: folder.database).check()
        try tell(folder.database)
    }

    /// Narrates everything, as `paystate show` does.
    private func tell(_ path: String) throws {
        let reader = try LedgerReader(at: .file(path: path))
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let filter = PaymentFilter(account: nil, state: nil, isOverdue: false, now: now, limit: 1000)
        let payments = try reader.payments(filter)
        #expect(!payments.isEmpty)
        for payment in payments {
            let name = payment.text("payment_id")
            for chronicle in try reader.histories(named: name, account: payment.text("account")) {
                for now in [now, Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
                    #expect(Story(chronicle, now: now).text(width: 100, colours: false).contains(name))
                }
            }
        }
    }
}
