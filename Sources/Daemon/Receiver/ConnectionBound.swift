import HummingbirdCore

/// Bounds how many connections are open at a time; those beyond wait. A bound that a reload changes holds for new ones, and if
/// the old one was reached, from the next close on.
struct ConnectionBound: AvailableConnectionsDelegate {
    private let terms: TermsInForce
    private var count = 0

    init(_ terms: TermsInForce) {
        self.terms = terms
    }

    mutating func connectionOpened() { count += 1 }

    mutating func connectionClosed() { count -= 1 }

    func isAcceptingNewConnections() -> Bool { count < terms.current.configuration.limits.connections }
}
