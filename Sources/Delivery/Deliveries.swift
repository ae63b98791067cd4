package import ConfigurationFile
package import Ledger
package import Logging
package import Payments
import ServiceLifecycle
import Synchronization

/// Forwards callbacks and tells of transitions: a deliverer for each target, until the graceful shutdown.
///
/// Then no request is begun any more; those under way get a few seconds, and their results are recorded before this
/// returns.
package final class Deliveries: Service {
    /// A deliverer that has not begun yet.
    private struct NewDeliverer: Sendable {
        let deliverer: any Deliverer
        /// The one before it for the same target, which may still have requests under way.
        let predecessor: (any Deliverer)?
    }

    private struct State {
        var forwards: [DeliveryTarget.ID: ForwardDeliverer] = [:]
        var notifies: [DeliveryTarget.ID: NotifyDeliverer] = [:]
        /// The last deliverer of every target that was ever configured.
        var last: [DeliveryTarget.ID: any Deliverer] = [:]
        /// Also those whose targets are gone, until they have ended.
        var running: [ObjectIdentifier: any Deliverer] = [:]
        var isStopped = false
    }

    private let client: DeliveryClient
    private let ledger: Ledger
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let state = Mutex(State())
    private let newDeliverers: AsyncStream<NewDeliverer>
    private let newDeliverer: AsyncStream<NewDeliverer>.Continuation

    package init(
        _ configuration: Configuration,
        ledger: Ledger,
        client: DeliveryClient,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.ledger = ledger
        self.now = now
        self.logger = logger
        (newDeliverers, newDeliverer) = AsyncStream.makeStream()
        reconfigure(configuration)
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await cancelWhenGracefulShutdown { await self.passSignalsOn() } }
                for await new in self.newDeliverers {
                    group.addTask {
                        await new.deliverer.deliver(after: new.predecessor)
                        self.state.withLock { $0.running[ObjectIdentifier(new.deliverer)] = nil }
                    }
                }
            }
        } onGracefulShutdown: {
            self.stop()
        }
        await client.shutdown()
    }

    /// Switches to another configuration.
    ///
    /// A target that is still there keeps what is known of it. One that is gone gets no more requests; the results of
    /// those under way are recorded.
    package func reconfigure(_ configuration: Configuration) {
        state.withLock { state in
            guard !state.isStopped else { return }
            let (forwards, notifies) = (state.forwards, state.notifies)
            (state.forwards, state.notifies) = ([:], [:])
            for route in ForwardRoute.all(in: configuration) {
                if let deliverer = forwards[route.id] {
                    deliverer.reconfigure(route)
                    state.forwards[route.id] = deliverer
                } else {
                    let deliverer = ForwardDeliverer(
                        route,
                        client: client,
                        ledger: ledger,
                        logger: logger,
                        now: now
                    )
                    state.forwards[route.id] = deliverer
                    begin(deliverer, in: &state)
                }
            }
            for target in configuration.notify {
                if let deliverer = notifies[target.id] {
                    deliverer.reconfigure(target)
                    state.notifies[target.id] = deliverer
                } else {
                    let deliverer = NotifyDeliverer(
                        target,
                        client: client,
                        ledger: ledger,
                        logger: logger,
                        now: now
                    )
                    state.notifies[target.id] = deliverer
                    begin(deliverer, in: &state)
                }
            }
            for (id, deliverer) in forwards where state.forwards[id] == nil { deliverer.endDelivering(isStop: false) }
            for (id, deliverer) in notifies where state.notifies[id] == nil { deliverer.endDelivering(isStop: false) }
        }
    }

    private func begin(_ deliverer: any Deliverer, in state: inout State) {
        newDeliverer.yield(NewDeliverer(deliverer: deliverer, predecessor: state.last[deliverer.id]))
        state.last[deliverer.id] = deliverer
        state.running[ObjectIdentifier(deliverer)] = deliverer
    }

    private func stop() {
        let deliverers = state.withLock { state in
            state.isStopped = true
            return Array(state.running.values)
        }
        newDeliverer.finish()
        for deliverer in deliverers { deliverer.endDelivering(isStop: true) }
    }

    /// Wakes the deliverers for what was recorded just now.
    private func passSignalsOn() async {
        for await _ in ledger.deliverySignals {
            let (forwards, notifies) = state.withLock { (Array($0.forwards.values), Array($0.notifies.values)) }
            for deliverer in forwards { deliverer.signal() }
            for deliverer in notifies { deliverer.signal() }
            // What is recorded meanwhile is one signal. It fails only when cancelled, and then this ends.
            try? await Task.sleep(for: DeliveryPace.pauseBetweenLooks(unanswered: ledger.unansweredRequests))
        }
    }
}
