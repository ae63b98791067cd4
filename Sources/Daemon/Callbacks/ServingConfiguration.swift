import ConfigurationFile
import Ledger
import Logging
import Metrics
import Payments
import Synchronization
import Telemetry

/// What a configuration comes to for who serves requests. A request is served to its end on the terms that held at its head.
final class ServingConfiguration: Sendable {
    let configuration: Configuration
    let receiver: CallbackReceiver
    let validator: HeadValidator
    let limits: ConnectionLimits

    init(_ configuration: Configuration, ledger: Ledger, logger: Logger) {
        self.configuration = configuration
        receiver = CallbackReceiver(accounts: configuration.accounts, ledger: ledger, logger: logger)
        validator = HeadValidator(accounts: receiver.accountNames, bodyLimit: configuration.limits.body)
        limits = ConnectionLimits(requestTime: configuration.limits.requestTime)
    }
}

/// The terms that hold at the moment, which a reload replaces as a whole.
final class CurrentConfiguration: Sendable {
    private let serving: Mutex<ServingConfiguration>
    private let observer = Mutex<(@Sendable () -> Void)?>(nil)

    init(_ serving: ServingConfiguration) {
        self.serving = Mutex(serving)
        if let expiry = serving.expiry { log(expiry) }
        tellLimit(of: serving)
    }

    var current: ServingConfiguration { serving.withLock { $0 } }

    func replace(with successor: ServingConfiguration) {
        let predecessor = serving.withLock { serving in
            defer { serving = successor }
            return serving
        }
        if predecessor.expiry != successor.expiry { log(successor.expiry) }
        tellLimit(of: successor)
        observer.withLock { $0 }?()
    }

    /// Names the one who is told each time that other terms have come into force.
    func whenReplaced(_ act: @escaping @Sendable () -> Void) {
        observer.withLock { $0 = act }
    }

    /// A metric that was told once stays: what there is no longer never expires.
    private func log(_ expiry: Timestamp?) {
        let seconds = expiry.map { Double($0.milliseconds / 1000) } ?? .infinity
        Gauge(label: Metric.certificateExpiry.name).record(seconds)
    }

    private func tellLimit(of serving: ServingConfiguration) {
        Gauge(label: Metric.connectionsLimit.name).record(serving.configuration.limits.connections)
    }
}

extension ServingConfiguration {
    fileprivate var expiry: Timestamp? { configuration.tls?.identity.expiresAt }
}
