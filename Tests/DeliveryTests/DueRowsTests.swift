import Delivery
import Ledger
import Testing

@Suite struct DueRowsTests {
    private let start = ContinuousClock.now

    private func row(_ id: Int64) -> DueForward {
        DueForward(
            id: id,
            callback: id,
            account: "shop",
            paymentID: nil,
            body: [],
            contentType: nil,
            contentSignature: nil,
            remoteAddress: nil,
            attempts: 0,
            firstAttemptAt: nil
        )
    }

    private func wait(
        _ rows: inout DueRows,
        hasNews: Bool = false,
        rest: Duration = .zero,
        at seconds: Double
    ) -> Duration {
        let now = start + .seconds(seconds)
        let next = rows.nextStart(hasNews: hasNews, pauseBetweenLooks: .milliseconds(100), rest: rest, at: now)
        return max(now.duration(to: next), .zero)
    }

    @Test func `rows are taken in the order in which they are due`() {
        var rows = DueRows(at: start)
        rows.replace(with: [row(1), row(2), row(3)], nextLook: .zero, at: start)
        let taken = (0..<4).map { _ in rows.take(at: start)?.id }
        #expect(taken == [1, 2, 3, nil])
        #expect(rows.isEmpty)
    }

    @Test func `while rows are left nothing is looked for, and between requests is a rest`() {
        var rows = DueRows(at: start)
        let first = wait(&rows, at: 0)
        #expect(first == .zero)
        rows.replace(with: [row(1), row(2)], nextLook: .seconds(5), at: start)
        _ = rows.take(at: start)
        let second = wait(&rows, at: 0)
        #expect(second == .zero)
        let third = wait(&rows, rest: .milliseconds(10), at: 0)
        #expect(third == .milliseconds(10))
    }

    @Test func `the next look is when something is due, and with news soon`() {
        var rows = DueRows(at: start)
        rows.replace(with: [], nextLook: .seconds(5), at: start)
        let first = wait(&rows, at: 0)
        #expect(first == .seconds(5))
        let second = wait(&rows, hasNews: true, at: 0)
        #expect(second == .milliseconds(100))
        let third = wait(&rows, hasNews: true, at: 1)
        #expect(third == .zero)
    }

    @Test func `what was read a while ago is read again`() {
        var rows = DueRows(at: start)
        rows.replace(with: [row(1)], nextLook: .seconds(5), at: start)
        let first = wait(&rows, at: 1)
        #expect(first == .zero)
        #expect(!rows.isEmpty)
        let second = wait(&rows, at: 2)
        #expect(second == .zero)
        #expect(rows.isEmpty)
    }

    @Test func `what could not be sent is read again at once`() {
        var rows = DueRows(at: start)
        rows.replace(with: [row(1)], nextLook: .seconds(5), at: start)
        rows.clear(at: start + .seconds(0.5))
        #expect(rows.isEmpty)
        let first = wait(&rows, at: 0.5)
        #expect(first == .zero)
    }
}
