import Ledger
import Logging

/// What a configuration comes to for who serves requests. A request is served to its end on the terms that held at its head.
final class Terms: Sendable {
    let configuration: Configuration
    let receiver: Receiver
    let admission: Admission
    let limits: GateLimits

    init(_ configuration: Configuration, ledger: Ledger, logger: Logger) {
        self.configuration = configuration
        receiver = Receiver(accounts: configuration.accounts, ledger: ledger, logger: logger)
        admission = Admission(accounts: receiver.accountNames, bodyLimit: configuration.limits.body)
        limits = GateLimits(requestTime: configuration.limits.requestTime)
    }
}
