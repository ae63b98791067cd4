import ConfigurationFile
import Ledger
import Logging
import Metrics
import Payments
import Synchronization
import Telemetry

/// Everything the request path derives from a configuration.
///
/// A request keeps the configuration that was current when its head arrived, even if a reload happens meanwhile.
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

/// The current serving configuration, which a reload replaces as a whole.
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

    /// Sets the observer that is notified each time the configuration has been replaced.
    func whenReplaced(_ act: @escaping @Sendable () -> Void) {
        observer.withLock { $0 = act }
    }

    /// Records infinity if there is no certificate: a recorded metric stays, and a missing certificate never expires.
    private func log(_ expiry: Timestamp?) {
        let seconds = expiry.map { Double($0.milliseconds / 1000) } ?? .infinity
        Gauge(label: Metric.certificateExpiry.name).record(seconds)
    }

    private func tellLimit(of serving: ServingConfiguration) {
        Gauge(label: Metric.connectionsLimit.name).record(serving.configuration.limits.connections)
    }
}

extension ServingConfiguration: RequestRules {
    var bodyLimits: Configuration.Limits { configuration.limits }
}

extension ServingConfiguration {
    fileprivate var expiry: Timestamp? { configuration.tls?.identity.expiresAt }
}
