package import Gateways

/// Who is notified of the transitions of payments.
package struct NotifyTarget: Sendable, Equatable {
    /// `[a-z0-9-]{1,64}`, once a configuration.
    package let name: String
    package let url: DeliveryURL
    /// The key that signs, decoded.
    package let secret: Secret
    /// Whose payments; empty for all accounts.
    package let accounts: [String]
    /// The first transition that a new target is notified of, by its `seq`; 0 for the very first, `nil` for the next one
    /// that is recorded.
    package let from: Int64?
    /// How long one attempt may take.
    package let timeout: Duration
    /// From the first attempt to the last.
    package let giveUpAfter: Duration

    package init(
        name: String,
        url: DeliveryURL,
        secret: Secret,
        accounts: [String] = [],
        from: Int64? = nil,
        timeout: Duration = ForwardTarget.standardTimeout,
        giveUpAfter: Duration = ForwardTarget.standardGiveUpAfter
    ) {
        self.name = name
        self.url = url
        self.secret = secret
        self.accounts = accounts
        self.from = from
        self.timeout = timeout
        self.giveUpAfter = giveUpAfter
    }
}
