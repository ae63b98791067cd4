import Daemon
import Synchronization
import Testing

/// Which callback is authenticated next, when more arrive than there are places.
@Suite(.timeLimit(.minutes(1))) struct FairQueueTests {
    private typealias Arrival = (sender: String, bytes: Int)

    /// The last two characters of a sender are the number of its lane.
    private static func queue(mostBytes: Int = 1 << 30) -> FairQueue {
        FairQueue(places: 1, mostBytes: mostBytes) { Int($0.suffix(2)) ?? 0 }
    }

    /// The senders that got a place, in order, and those that were refused.
    private final class Outcome: Sendable {
        private let senders = Mutex((served: [String](), refused: [String]()))

        var served: [String] { senders.withLock { $0.served } }
        var refused: [String] { senders.withLock { $0.refused } }

        func add(_ sender: String, isIn: Bool) {
            senders.withLock { if isIn { $0.served.append(sender) } else { $0.refused.append(sender) } }
        }
    }

    /// Lets callbacks arrive one after another while the only place is taken, and then leaves the place repeatedly.
    ///
    /// - Parameter known: the sender that has the place that strangers cannot have.
    private func serve(
        _ arrivals: [Arrival],
        through queue: FairQueue,
        beside known: String? = nil
    ) async -> Outcome {
        let outcome = Outcome()
        #expect(await queue.enter("the first", bytes: 0))
        if let known { #expect(await queue.enter(known, bytes: 0)) }
        await withDiscardingTaskGroup { group in
            for (index, arrival) in arrivals.enumerated() {
                group.addTask {
                    let isIn = await queue.enter(arrival.sender, bytes: arrival.bytes)
                    outcome.add(arrival.sender, isIn: isIn)
                    if isIn { queue.leave() }
                }
                while queue.waiting + outcome.refused.count <= index { await Task.yield() }
            }
            queue.leave()
            if known != nil { queue.leave() }
        }
        return outcome
    }

    @Test func `whoever finds a place does not wait`() async {
        let queue = FairQueue(places: 2)
        for _ in 0..<3 {
            #expect(await queue.enter("a", bytes: 1))
            #expect(await queue.enter("a", bytes: 1))
            queue.leave()
            queue.leave()
        }
        #expect(queue.waiting == 0)
    }

    @Test func `one sender with many callbacks lets another with one go before`() async {
        let flood = Array(repeating: Arrival("flood 01", 1000), count: 50)
        let served = await serve(flood + [("shop 02", 1000)], through: Self.queue()).served
        #expect(served.count == 51)
        #expect(served.firstIndex(of: "shop 02") ?? 50 <= 1)
    }

    @Test func `turns are measured in bytes`() async {
        let large = Array(repeating: Arrival("large 01", 250_000), count: 5)
        let small = Array(repeating: Arrival("small 02", 1000), count: 50)
        let served = await serve(large + small, through: Self.queue()).served
        #expect(served.prefix(52).count { $0 == "small 02" } == 50)
    }

    @Test func `who has proved a callback has half of the turns among ever so many strangers`() async {
        let queue = Self.queue()
        #expect(await queue.enter("gateway 07", bytes: 1000))
        queue.leave("gateway 07")
        let strangers = (0..<640).map { Arrival("stranger \($0) \($0 % 54 + 10)", 1000) }
        let callbacks = Array(repeating: Arrival("gateway 07", 1000), count: 20)
        let served = await serve(strangers + callbacks, through: queue, beside: "gateway 07").served
        #expect(served.prefix(42).count { $0 == "gateway 07" } == 20)
    }

    @Test func `who has proved a callback finds a place where strangers have all that they can have`() async {
        let queue = Self.queue()
        #expect(await queue.enter("gateway 01", bytes: 0))
        queue.leave("gateway 01")
        #expect(await queue.enter("stranger 02", bytes: 0))
        await withDiscardingTaskGroup { group in
            group.addTask { #expect(await queue.enter("stranger 03", bytes: 0)) }
            while queue.waiting == 0 { await Task.yield() }
            #expect(await queue.enter("gateway 01", bytes: 0))
            // The gateway's place does not go to the stranger, who waits for the other one.
            queue.leave()
            #expect(queue.waiting == 1)
            queue.leave()
        }
        queue.leave()
        #expect(queue.waiting == 0)
    }

    @Test func `where too much waits, whoever waits with the most gives way`() async {
        let flood = Array(repeating: Arrival("flood 01", 0), count: 12)
        let outcome = await serve(
            flood + [("shop 02", 0), ("shop 03", 0)],
            through: Self.queue(mostBytes: 10 << 10)
        )
        #expect(outcome.refused == Array(repeating: "flood 01", count: 4))
        #expect(outcome.served.count { $0.hasPrefix("shop") } == 2)
        #expect(outcome.served.count == 10)
    }

    @Test func `strangers do not take the room of who has proved a callback`() async {
        let queue = Self.queue(mostBytes: 4 << 10)
        #expect(await queue.enter("gateway 01", bytes: 0))
        queue.leave("gateway 01")
        let arrivals =
            Array(repeating: Arrival("gateway 01", 0), count: 4)
            + (10..<30).map { ("stranger \($0)", 0) }
        let outcome = await serve(arrivals, through: queue, beside: "gateway 01")
        #expect(outcome.served.count { $0 == "gateway 01" } == 4)
        #expect(outcome.refused.count == 16)
    }

    @Test func `the largest callback that there is finds room where nothing else waits`() async {
        let served = await serve([("large 01", 1 << 20)], through: Self.queue(mostBytes: 1 << 10)).served
        #expect(served == ["large 01"])
    }
}

extension FairQueue {
    /// Waits for a place; returns whether there was one.
    fileprivate func enter(_ sender: String, bytes: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            enter(sender, bytes: bytes) { continuation.resume(returning: $0) }
        }
    }
}
