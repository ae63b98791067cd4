import Hummingbird
package import Logging
import LosslessJSON
import NIOCore
package import Payments
import ServiceLifecycle
import Synchronization

/// The handler that a shop has behind its daemon: takes the callbacks that are passed on and checks each of them
/// itself, takes events, remembers orders, and misbehaves as configured. It ends on graceful shutdown.
package final class ShopPlugin: Service, Sendable {
    let settings: PluginSettings
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let clock: any Clock<Duration>
    private let listening: @Sendable (_ port: Int) -> Void
    private let checks: [String: CallbackCheck]
    private let memory: Mutex<PluginMemory>

    /// - Parameters:
    ///   - now: the clock by which events must not be old.
    ///   - clock: the clock that measures pauses.
    ///   - listening: called with the port each time that it begins to listen.
    /// - Throws: if the keys of an account cannot be used.
    package init(
        _ settings: PluginSettings,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        clock: any Clock<Duration> = ContinuousClock(),
        listening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) throws {
        self.settings = settings
        self.logger = logger
        self.now = now
        self.clock = clock
        self.listening = listening
        var checks: [String: CallbackCheck] = [:]
        for account in settings.accounts { checks[account.name] = try CallbackCheck(account) }
        self.checks = checks
        memory = Mutex(PluginMemory(limit: settings.remembered))
    }

    package func run() async throws {
        if let outage = settings.outage {
            try await listen(for: outage.start)
            guard !Task.isShuttingDownGracefully else { return }
            logger.info("plugin is down", metadata: ["seconds": "\(outage.length.components.seconds)"])
            try await pause(outage.length)
            guard !Task.isShuttingDownGracefully else { return }
        }
        try await listen(for: nil)
    }

    /// The orders that it remembers, the newest first.
    package var orders: [PluginOrder] { memory.withLock { $0.newestFirst } }

    package var counters: PluginCounters { memory.withLock { $0.counters } }

    // MARK: Requests

    /// Takes a callback for an account.
    ///
    /// - Parameters:
    ///   - number: the header `Paystate-Callback`.
    ///   - attempt: the header `Paystate-Attempt`.
    func take(
        _ body: [UInt8],
        for account: String,
        authorization: String?,
        contentSignature: String?,
        number: String?,
        attempt: String?
    ) throws(PluginRefusal) {
        let now = now()
        do throws(PluginRefusal) {
            guard let check = checks[account] else { throw .unknownAccount }
            let news = try check.read(body, authorization: authorization, contentSignature: contentSignature)
            memory.withLock { $0.take(news, at: account, number: number.flatMap { Int64($0) }, now) }
            logger.info(
                "plugin took a callback",
                metadata: [
                    "account": "\(account)", "about": "\(news.paymentID)", "status": "\(news.status)",
                    "callback": "\(number ?? "none")", "attempt": "\(attempt ?? "none")",
                ]
            )
        } catch {
            refuse("callback", error, attempt)
            throw error
        }
    }

    /// Takes an event, with the three headers of Standard Webhooks.
    func takeEvent(
        _ body: [UInt8],
        id: String?,
        timestamp: String?,
        signature: String?
    ) throws(PluginRefusal) {
        let now = now()
        do throws(PluginRefusal) {
            let check = EventCheck(key: settings.eventKey)
            let news = try check.read(body, id: id, timestamp: timestamp, signature: signature, at: now)
            memory.withLock { $0.take(news, now) }
            logger.info(
                "plugin took an event",
                metadata: [
                    "account": "\(news.account)", "about": "\(news.paymentID)", "state": "\(news.state)",
                    "seq": "\(news.seq)",
                ]
            )
        } catch {
            refuse("event", error, nil)
            throw error
        }
    }

    private func refuse(_ what: String, _ refusal: PluginRefusal, _ attempt: String?) {
        memory.withLock { $0.counters.refused += 1 }
        logger.warning(
            "plugin refused a request",
            metadata: ["kind": "\(what)", "answer": "\(refusal.status)", "attempt": "\(attempt ?? "none")"]
        )
    }

    /// How the next request is treated; nil for well.
    func nextFault() -> PluginMisbehaviour.Fault? {
        let fault = memory.withLock { memory -> PluginMisbehaviour.Fault? in
            memory.counters.requests += 1
            let fault = settings.misbehaviour.fault(of: memory.counters.requests, seed: settings.seed)
            memory.counters.mistreated += fault == nil ? 0 : 1
            return fault
        }
        if let fault { logger.info("plugin misbehaves", metadata: ["fault": "\(fault)"]) }
        return fault
    }

    func list(_ limit: Int) -> JSON { memory.withLock { $0.list(limit) } }

    // MARK: Running

    /// Waits; a graceful shutdown ends it.
    func pause(_ duration: Duration) async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.clock.sleep(for: duration) }
        } catch is CancellationError {
            // Whoever waited sees for themselves that it ends.
        }
    }

    /// Listens until shutdown, or for a time.
    private func listen(for time: Duration?) async throws {
        let application = Application(
            responder: PluginResponder(plugin: self).makeRouter().buildResponder(),
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { [listening] channel in listening(channel.localAddress?.port ?? 0) },
            logger: quiet
        )
        guard let time else { return try await application.run() }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [application], logger: quiet))
        try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask {
                try await self.pause(time)
                await group.triggerGracefulShutdown()
            }
            try await group.run()
            tasks.cancelAll()
        }
    }

    /// Hummingbird's own log lines would duplicate ours.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
