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
    /// - Parameters:
    ///   - queue: where the callback waits for its turn to be authenticated.
    ///   - answer: is called once, on any thread.
    func receive(
        _ callback: Callback,
        for name: String,
        from address: String,
        through queue: FairQueue,
        at now: Timestamp,
        answer: @escaping @Sendable (CallbackResponse) -> Void
    ) {
        guard let account = accounts[name] else { return answer(.notFound) }
        queue.enter(address, bytes: callback.body.count) { isIn in
            guard isIn else {
                logError(
                    "callback not authenticated in time, the sender is asked to retry",
                    at: now,
                    ["account": "\(name)", "remote": "\(address)"]
                )
                return answer(.comeAgain)
            }
            let authentic: Authentic
            do throws(Rejection) {
                authentic = try account.gateway.authenticate(callback)
                // An ambiguous callback may carry a signature that was made for something else, so it proves nothing about its
                // sender.
                queue.leave(authentic.verdict == .valid ? address : nil)
            } catch {
                queue.leave()
                refuse(callback, error, for: name, from: address, at: now)
                return answer(CallbackResponse(error))
            }
            let received = ReceivedCallback(
                of: callback,
                provedAs: authentic,
                by: account.gateway,
                account: name,
                receivedAt: now,
                remoteAddress: address
            )
            record(received, countedBy: account.counters, answer)
        }
    }

    private func record(
        _ callback: ReceivedCallback,
        countedBy counters: CallbackCounters,
        _ answer: @escaping @Sendable (CallbackResponse) -> Void
    ) {
        let (account, verdict, time) = (callback.account, callback.verdict, callback.receivedAt)
        ledger.record(callback) { result in
            switch result {
            case .success(let recorded):
                counters.count(verdict, recorded)
                tell(recorded, of: account)
                answer(.acknowledged)
            case .failure(let error):
                logError(
                    "callback not recorded, the sender is asked to retry",
                    at: time,
                    ["account": "\(account)", "error": "\(error)"]
                )
                answer(CallbackResponse(error))
            }
        }
    }

    private func logError(_ message: Logger.Message, at now: Timestamp, _ metadata: Logger.Metadata) {
        logger.log(level: complaints.admits(at: now) ? .error : .debug, message, metadata: metadata)
    }

    private func tell(_ recorded: RecordResult, of account: String) {
        logger.debug(
            "callback recorded",
            metadata: [
                "account": "\(account)", "callback": "\(recorded.callback)", "effect": "\(recorded.effect)",
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
