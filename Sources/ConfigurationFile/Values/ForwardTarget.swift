/// Where an account's callbacks are forwarded to, as they came.
package struct ForwardTarget: Sendable, Equatable {
    package static let standardTimeout = Duration.seconds(15)
    package static let standardGiveUpAfter = Duration.seconds(3 * 86_400)
    package static let standardConcurrency = 4

    /// `[a-z0-9-]{1,64}`, once an account.
    package let name: String
    package let url: DeliveryURL
    /// How long one attempt may take.
    package let timeout: Duration
    /// From the first attempt to the last.
    package let giveUpAfter: Duration
    /// The most requests in flight.
    package let concurrency: Int

    package init(
        name: String,
        url: DeliveryURL,
        timeout: Duration = ForwardTarget.standardTimeout,
        giveUpAfter: Duration = ForwardTarget.standardGiveUpAfter,
        concurrency: Int = ForwardTarget.standardConcurrency
    ) {
        self.name = name
        self.url = url
        self.timeout = timeout
        self.giveUpAfter = giveUpAfter
        self.concurrency = concurrency
    }
}
