import Metrics
import Payments
import Synchronization

/// The terms that hold at the moment, which a reload replaces as a whole.
final class TermsInForce: Sendable {
    private let terms: Mutex<Terms>
    private let observer = Mutex<(@Sendable () -> Void)?>(nil)

    init(_ terms: Terms) {
        self.terms = Mutex(terms)
        if let expiry = terms.expiry { tell(expiry) }
        tellLimit(of: terms)
    }

    var current: Terms { terms.withLock { $0 } }

    func replace(with successor: Terms) {
        let predecessor = terms.withLock { terms in
            defer { terms = successor }
            return terms
        }
        if predecessor.expiry != successor.expiry { tell(successor.expiry) }
        tellLimit(of: successor)
        observer.withLock { $0 }?()
    }

    /// Names the one who is told each time that other terms have come into force.
    func whenReplaced(_ act: @escaping @Sendable () -> Void) {
        observer.withLock { $0 = act }
    }

    /// A metric that was told once stays: what there is no longer never expires.
    private func tell(_ expiry: Timestamp?) {
        let seconds = expiry.map { Double($0.milliseconds / 1000) } ?? .infinity
        Gauge(label: Metric.certificateExpiry.name).record(seconds)
    }

    private func tellLimit(of terms: Terms) {
        Gauge(label: Metric.connectionsLimit.name).record(terms.configuration.limits.connections)
    }
}

extension Terms {
    fileprivate var expiry: Timestamp? { configuration.tls?.identity.expiresAt }
}
