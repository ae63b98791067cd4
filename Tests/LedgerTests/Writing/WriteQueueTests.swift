import Testing

@testable import Ledger

/// What waits for the writer.
@Suite struct WriteQueueTests {
    private let queue = WriteQueue(capacity: 100)

    private func enqueue() {
        _ = queue.enqueue(WriteRequest({ _ in }) { _ in }, isUrgent: false)
    }

    @Test func `those of the batch that is being committed wait as well, until the writer comes for the next`() {
        for _ in 0..<3 { enqueue() }
        #expect(queue.unanswered == 3)
        #expect(queue.next()?.requests.count == 3)
        #expect(queue.count == 0 && queue.unanswered == 3)
        enqueue()
        #expect(queue.unanswered == 4)
        #expect(queue.next()?.requests.count == 1)
        #expect(queue.unanswered == 1)
        #expect(queue.next() == nil)
        #expect(queue.unanswered == 0)
    }
}
