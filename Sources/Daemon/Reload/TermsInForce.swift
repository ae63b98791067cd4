import Metrics
import Payments
import Synchronization

/// The terms that hold at the moment, which a reload replaces as a whole.
final class TermsInForce: Sendable {
    private let terms: Mutex<Terms>

    init(_ terms: Terms) {
        self.terms = Mutex(terms)
        if let expiry = terms.expiry { tell(expiry) }
    }

    var current: Terms { terms.withLock { $0 } }

    func replace(with successor: Terms) {
        let predecessor = terms.withLock { terms in
            defer { terms = successor }
            return terms
        }
        if predecessor.expiry != successor.expiry { tell(successor.expiry) }
    }

    /// A metric that was told once stays: what there is no longer never expires.
    private func tell(_ expiry: Moment?) {
        let seconds = expiry.map { Double($0.milliseconds / 1000) } ?? .infinity
        Gauge(label: Metric.certificateExpiry.name).record(seconds)
    }
}

extension Terms {
    fileprivate var expiry: Moment? { configuration.tls?.identity.expiresAt }
}
