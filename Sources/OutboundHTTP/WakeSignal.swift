import Synchronization

/// Lets one task sleep for a time, or until it is signalled.
package final class WakeSignal: Sendable {
    private struct State {
        var isSignalled = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    /// Wakes the sleeper, or the next one before it falls asleep.
    package func signal() {
        let sleeper = state.withLock { state in
            state.isSignalled = state.sleeper == nil
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Returns when it is signalled, when the time is over, or when the task is cancelled.
    package func wait(atMost time: Duration) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                guard (try? await Task.sleep(for: time)) != nil else { return }  // Cancelled: it was signalled before.
                self.signal()
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { sleeper in
                    let isAwake = state.withLock { state in
                        guard !state.isSignalled, !Task.isCancelled else {
                            state.isSignalled = false
                            return true
                        }
                        state.sleeper = sleeper
                        return false
                    }
                    if isAwake { sleeper.resume() }
                }
            } onCancel: {
                signal()
            }
            group.cancelAll()
        }
    }
}
