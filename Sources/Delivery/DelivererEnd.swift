import OutboundHTTP
import Synchronization

/// The end of a deliverer: it begins nothing any more, and what is under way is finished, after a stop of the daemon
/// for a few seconds only.
final class DelivererEnd: Sendable {
    private static let grace = Duration.seconds(5)

    private let hasBegunNow = Atomic<Bool>(false)
    private let stops: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation
    private let ends: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation

    init() {
        (stops, stop) = AsyncStream.makeStream()
        (ends, end) = AsyncStream.makeStream()
    }

    /// Whether nothing is to be begun any more.
    var hasBegun: Bool { hasBegunNow.load(ordering: .relaxed) || Task.isCancelled }

    /// - Parameter isStop: whether the daemon stops, which does not wait for long.
    func begin(isStop: Bool) {
        hasBegunNow.store(true, ordering: .relaxed)
        if isStop { stop.finish() }
    }

    /// Runs what sends requests, and cancels it a few seconds after a stop.
    func limit(_ work: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await work() }
            group.addTask {
                for await _ in self.stops {}
                try? await Task.sleep(for: Self.grace)  // Fails only when cancelled: the work has ended.
            }
            _ = await group.next()
            group.cancelAll()
        }
    }

    /// Everything is sent and recorded that will be.
    func isReached() {
        end.finish()
    }

    /// Returns when it is reached; for one waiter.
    func reached() async {
        for await _ in ends {}
    }
}
