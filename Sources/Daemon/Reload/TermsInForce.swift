import Synchronization

/// The terms that hold at the moment: of the daemon, which a reload replaces as a whole, or of the request that a connection
/// is at.
final class TermsInForce: Sendable {
    /// Those of the connection that the task serves: whoever answers is called by Hummingbird, which hands on nothing of ours.
    @TaskLocal static var ofConnection: TermsInForce?

    private let terms: Mutex<Terms>

    init(_ terms: Terms) {
        self.terms = Mutex(terms)
    }

    var current: Terms { terms.withLock { $0 } }

    func replace(with terms: Terms) {
        self.terms.withLock { $0 = terms }
    }
}
