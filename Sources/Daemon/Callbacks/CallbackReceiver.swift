import ConfigurationFile
import Gateways
import Ledger
import Logging
import Payments

/// Processes a callback: bytes → authenticated → decoded → committed → answered (docs/architecture.md).
struct CallbackReceiver: Sendable {
    private let accounts: [String: (gateway: any Gateway, counters: CallbackCounters)]
    private let rejections = RejectionCounters()
    private let ledger: Ledger
    private let logger: Logger
    private let complaints = LogRateLimit()

    init(accounts: [Account], ledger: Ledger, logger: Logger) {
        self.accounts = Dictionary(
            uniqueKeysWithValues: accounts.map { account in
                (account.name, (gateway: account.gateway, counters: CallbackCounters(account: account.name)))
            }
        )
        self.ledger = ledger
        self.logger = logger
    }

    var accountNames: Set<String> { Set(accounts.keys) }

    /// Receives one callback. `.acknowledged` means that it is committed.
    ///
    /// - Parameter queue: where the callback waits for its turn to be authenticated.
    func receive(
        _ callback: Callback,
        for name: String,
        from address: String,
        through queue: FairQueue,
        at now: Timestamp
    ) async -> CallbackResponse {
        guard let account = accounts[name] else { return .notFound }
        guard await queue.enter(address, bytes: callback.body.count) else {
            logError(
                "callback not authenticated in time, the sender is asked to retry",
                at: now,
                ["account": "\(name)", "remote": "\(address)"]
            )
            return .comeAgain
        }
        let authentic: Authentic
        do {
            authentic = try account.gateway.authenticate(callback)
            // An ambiguous callback may carry a signature that was made for something else, so it proves nothing about
            // its sender.
            queue.leave(authentic.verdict == .valid ? address : nil)
        } catch {
            queue.leave()
            refuse(callback, error, for: name, from: address, at: now)
            return CallbackResponse(error)
        }
        let callback = ReceivedCallback(
            of: callback,
            provedAs: authentic,
            by: account.gateway,
            account: name,
            receivedAt: now,
            remoteAddress: address
        )
        do {
            let recorded = try await ledger.record(callback)
            account.counters.count(callback.verdict, recorded)
            tell(recorded, of: callback)
            return .acknowledged
        } catch {
            logError(
                "callback not recorded, the sender is asked to retry",
                at: now,
                ["account": "\(name)", "error": "\(error)"]
            )
            return CallbackResponse(error)
        }
    }

    private func logError(_ message: Logger.Message, at now: Timestamp, _ metadata: Logger.Metadata) {
        logger.log(level: complaints.admits(at: now) ? .error : .debug, message, metadata: metadata)
    }

    private func tell(_ recorded: RecordResult, of callback: ReceivedCallback) {
        logger.debug(
            "callback recorded",
            metadata: [
                "account": "\(callback.account)", "callback": "\(recorded.callback)", "effect": "\(recorded.effect)",
                "duplicate": "\(recorded.isDuplicate)",
            ]
        )
    }

    private func refuse(
        _ callback: Callback,
        _ rejection: Rejection,
        for name: String,
        from address: String,
        at now: Timestamp
    ) {
        rejections.count(rejection)
        let isKept = ledger.refuse(
            RejectedRequest(
                account: name,
                body: callback.body,
                receivedAt: now,
                remoteAddress: address,
                reason: rejection.reason,
                signature: callback.contentSignature
            )
        )
        // The rate of stored rejections is bounded, and so is the rate of these log lines.
        guard isKept else { return }
        logger.warning(
            "callback rejected",
            metadata: ["account": "\(name)", "reason": "\(rejection.reason)", "remote": "\(address)"]
        )
    }
}
