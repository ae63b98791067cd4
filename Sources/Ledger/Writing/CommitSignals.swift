import Synchronization

/// Tells those who wait for it what has been committed: by this receiver's writer, or by another one of the same ledger.
final class CommitSignals: Sendable {
    private struct State {
        /// The last transition that is known to be committed.
        var lastTransition: Int64 = 0
        var waiting: [Int: (after: Int64, resume: CheckedContinuation<Void, Never>)] = [:]
        var nextID = 0
    }

    let pollRequests: AsyncStream<Void>
    let deliveries: AsyncStream<Void>
    private let pollRequest: AsyncStream<Void>.Continuation
    private let delivery: AsyncStream<Void>.Continuation
    private let state = Mutex(State())

    init() {
        (pollRequests, pollRequest) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (deliveries, delivery) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func pollRequested() { pollRequest.yield() }

    func deliveryRequested() { delivery.yield() }

    func transitionsCommitted(upTo seq: Int64) {
        let awake = state.withLock { state in
            state.lastTransition = max(state.lastTransition, seq)
            let awake = state.waiting.filter { $0.value.after < state.lastTransition }
            for id in awake.keys { state.waiting[id] = nil }
            return awake.values.map(\.resume)
        }
        for waiting in awake { waiting.resume() }
    }

    /// Handles what another receiver has committed.
    func heard(_ bell: Doorbell) {
        switch bell {
        case .pollRequest: pollRequested()
        case .transitions(let seq):
            transitionsCommitted(upTo: seq)
            deliveryRequested()
        }
    }

    /// Returns when a transition after this one is known to be committed, or the task is cancelled.
    func nextTransition(after seq: Int64) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    // A cancellation before this is seen here, one after it finds the continuation.
                    guard state.lastTransition <= seq, !Task.isCancelled else { return false }
                    state.waiting[id] = (seq, continuation)
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume.resume()
        }
    }
}

extension Ledger {
    /// Yields when something has been committed that is to be polled at once; for one consumer.
    package var pollRequests: AsyncStream<Void> { signals.pollRequests }

    /// Yields when something may have been committed for a target; for one consumer. Of what other receivers commit it
    /// may miss some.
    package var deliverySignals: AsyncStream<Void> { signals.deliveries }

    /// Returns when a transition after this one is known to be committed, or the task is cancelled. Of what other
    /// receivers commit it may miss some; and what was committed before this process started it does not know.
    package func nextTransition(after seq: Int64) async {
        await signals.nextTransition(after: seq)
    }
}
