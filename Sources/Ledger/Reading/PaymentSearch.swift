package import Payments

/// Which payments a list shows, and from where on.
package struct PaymentSearch: Sendable {
    /// A gateway's id of the payment or of one of its operations, a reference, a checkout's token, or the last four digits
    /// of the card.
    package var text: String?
    /// Only those with this reference: the gateway's, the watched one, or a checkout's token.
    package var reference: String?
    package var account: String?
    package var state: State?
    package var purpose: Purpose?
    package var isPaid: Bool?
    /// Only those of which a poll is overdue at ``now``.
    package var isOverdue: Bool
    /// Those of which the gateway does not say it count as real.
    package var isTest: Bool?
    /// Only those that changed last at or after this time, and before ``to``.
    package var from: Timestamp?
    package var to: Timestamp?
    package var before: PageKey?
    package var limit: Int
    package var now: Timestamp

    package init(
        text: String? = nil,
        reference: String? = nil,
        account: String? = nil,
        state: State? = nil,
        purpose: Purpose? = nil,
        isPaid: Bool? = nil,
        isOverdue: Bool = false,
        isTest: Bool? = nil,
        from: Timestamp? = nil,
        to: Timestamp? = nil,
        before: PageKey? = nil,
        limit: Int,
        now: Timestamp
    ) {
        self.text = text
        self.reference = reference
        self.account = account
        self.state = state
        self.purpose = purpose
        self.isPaid = isPaid
        self.isOverdue = isOverdue
        self.isTest = isTest
        self.from = from
        self.to = to
        self.before = before
        self.limit = limit
        self.now = now
    }
}

extension LedgerReader {
    /// Rows of `payments`, that with the newest update first.
    ///
    /// What has a name is found by its index. All else is found by walking back in time through at most 20,000 payments a
    /// page (5,000 where it is asked whether they are paid), however many there are. A search for four digits first lists
    /// the payments of that name, and then those of such a card.
    ///
    /// A payment that changes while somebody pages moves to the top, where a new list begins: the pages behind do not repeat
    /// it, and all that did not change are listed once.
    package func payments(_ search: PaymentSearch) async throws -> Page {
        try await readWithin { try PaymentLookup(search, in: $0).page() }
    }
}
