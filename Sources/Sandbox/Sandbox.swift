import AsyncHTTPClient
import Foundation
import Hummingbird
package import Logging
import NIOCore
package import Payments
import ServiceLifecycle
import Synchronization

/// Both gateways as a merchant sees them: creates payments, sends callbacks about them, answers status requests, and
/// misbehaves as configured. It ends on graceful shutdown.
package final class Sandbox: Service, Sendable {
    private let settings: SandboxSettings
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let clock: any Clock<Duration>
    private let listening: @Sendable (_ port: Int) -> Void
    private let created: @Sendable (CreatedPayment) -> Void
    private let world: Mutex<World>

    /// How often to check what is due.
    private static let tick = Duration.milliseconds(10)

    /// - Parameters:
    ///   - now: the gateways' clock, from which their dates come.
    ///   - clock: the clock that measures pauses.
    ///   - listening: called with the port once the status endpoints respond.
    ///   - created: called with each payment that the sandbox creates by itself, as the merchant that requested it
    ///     knows it.
    package init(
        _ settings: SandboxSettings,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        clock: any Clock<Duration> = ContinuousClock(),
        listening: @escaping @Sendable (_ port: Int) -> Void = { _ in },
        created: @escaping @Sendable (CreatedPayment) -> Void = { _ in }
    ) {
        self.settings = settings
        self.logger = logger
        self.now = now
        self.clock = clock
        self.listening = listening
        self.created = created
        world = Mutex(World(settings))
    }

    package func run() async throws {
        let client = CallbackSender.makeClient(connections: settings.connections)
        let (start, isRunning) = AsyncStream<Void>.makeStream()
        let application = Application(
            responder: SandboxResponder(sandbox: self, clock: clock).makeRouter().buildResponder(),
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { [listening] channel in
                listening(channel.localAddress?.port ?? 0)
                isRunning.finish()
            },
            logger: quiet
        )
        do {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { try await application.run() }
                group.addTask {
                    await self.live(CallbackSender(accounts: self.settings.accounts, client: client), from: start)
                }
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    // MARK: State

    /// The current state of everything at the gateways.
    package func groundTruth() -> GroundTruth { world.withLock { $0.groundTruth() } }

    package var counters: Counters { world.withLock { $0.counters } }

    /// Stops creating payments by itself; existing ones continue.
    package func stopMaking() { world.withLock { $0.isMaking = false } }

    /// Whether nothing is scheduled to happen, and no callback is waiting or in flight.
    package var isQuiet: Bool { world.withLock { $0.isQuiet } }

    package var misbehaviour: Misbehaviour { world.withLock { $0.misbehaviour } }

    package func misbehave(_ misbehaviour: Misbehaviour) { world.withLock { $0.misbehaviour = misbehaviour } }

    // MARK: Running

    /// Advances time and sends what is due, until shutdown.
    ///
    /// - Parameter start: ends once status requests can be answered; nothing happens before.
    private func live(_ sender: CallbackSender, from start: AsyncStream<Void>) async {
        try? await cancelWhenGracefulShutdown {  // It throws nothing but that it was cancelled, which is how it ends.
            for await _ in start {}
            try Task.checkCancellation()
            try await withThrowingDiscardingTaskGroup { group in
                while true {
                    for created in self.advance() { self.created(created) }
                    while let callback = self.nextCallback() {
                        group.addTask { await self.deliver(callback, by: sender) }
                    }
                    try await self.clock.sleep(for: Self.tick)
                }
            }
        }
    }

    private func advance() -> [CreatedPayment] {
        let now = now()
        return world.withLock { world in world.advance(to: now).compactMap { world.created($0) } }
    }

    private func nextCallback() -> OutgoingCallback? {
        let now = now()
        return world.withLock { $0.nextCallback(at: now) }
    }

    /// Delivers a callback, then further ones as long as any are due.
    private func deliver(_ first: OutgoingCallback, by sender: CallbackSender) async {
        var next: OutgoingCallback? = first
        while let callback = next {
            let delivery = await sender.deliver(callback)
            log(delivery, of: callback)
            let now = now()
            let isCancelled = Task.isCancelled
            next = world.withLock { world in
                world.note(delivery, of: callback, at: now)
                return isCancelled ? nil : world.nextCallback(at: now)
            }
        }
    }

    private func log(_ delivery: Delivery, of callback: OutgoingCallback) {
        logger.info(
            "callback sent",
            metadata: [
                "account": "\(settings.accounts[callback.account].name)", "about": "\(callback.subject)",
                "status": "\(callback.status)", "attempt": "\(callback.attempts)", "answer": "\(delivery.words)",
            ]
        )
    }

    /// Hummingbird's own log lines would duplicate ours.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

extension Sandbox {
    /// Gives the endpoints access to the world.
    func withWorld<Output: Sendable, Failure: Error>(
        _ work: (inout World, Timestamp) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        let now = now()
        return try world.withLock { world throws(Failure) in try work(&world, now) }
    }
}

extension Delivery {
    var words: String {
        switch self {
        case .answered(let status): String(status)
        case .unanswered: "none"
        case .lost: "never sent"
        }
    }
}
