import Delivery
import Ledger
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct WriteBehindTests {
    /// What was written, in groups.
    private final class Book: Sendable {
        let groups = Mutex<[[Int]]>([])
        let failures: Mutex<Int>

        init(failures: Int = 0) {
            self.failures = Mutex(failures)
        }

        func write(_ group: [Int]) async throws(RecordingError) {
            let fails = failures.withLock { failures in
                failures -= 1
                return failures >= 0
            }
            if fails { throw .isUnwritable(reason: "test") }
            groups.withLock { $0.append(group) }
        }

        var all: [Int] { groups.withLock { $0.flatMap(\.self) } }
    }

    private func run(
        _ writer: WriteBehind<Int>,
        _ book: Book,
        story: @escaping @Sendable () async -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await writer.run { group async throws(RecordingError) in try await book.write(group) } }
            await story()
            writer.finish()
        }
    }

    @Test func `everything is written once, in order`() async {
        let (writer, book) = (WriteBehind<Int>(logger: .silent), Book())
        await run(writer, book) {
            for number in 0..<1000 {
                writer.append(number)
                if number % 7 == 0 { await Task.yield() }
            }
        }
        #expect(book.all == Array(0..<1000))
        #expect(writer.count == 0)
    }

    @Test func `what cannot be written is tried again, and nothing overtakes it`() async {
        let (writer, book) = (WriteBehind<Int>(logger: .silent), Book(failures: 2))
        await run(writer, book) {
            writer.append(1)
            writer.append(2)
            await writer.drain()
            writer.append(3)
        }
        #expect(book.all == [1, 2, 3])
    }

    @Test func `so many are written without waiting for more`() async {
        let (writer, book) = (WriteBehind<Int>(delay: .seconds(600), atOnce: 4, logger: .silent), Book())
        await run(writer, book) {
            for number in 0..<4 { writer.append(number) }
            _ = try? await eventually { book.all.count == 4 }
        }
        #expect(book.groups.withLock { $0 } == [[0, 1, 2, 3]])
    }

    @Test func `who waits for all to be durable does not wait for the delay`() async {
        let (writer, book) = (WriteBehind<Int>(delay: .seconds(600), atOnce: 4, logger: .silent), Book())
        await run(writer, book) {
            writer.append(1)
            await writer.drain()
            writer.append(2)
        }
        #expect(book.groups.withLock { $0 } == [[1], [2]])
    }

    @Test func `what can never be written does not keep the daemon from stopping`() async {
        let (writer, book) = (WriteBehind<Int>(logger: .silent), Book(failures: .max))
        await run(writer, book) { writer.append(1) }
        #expect(book.all == [])
        #expect(writer.count == 0)
    }
}
