import Gateways
package import Ledger
package import Payments

extension PollRecord {
    private static let notPollable = "this gateway cannot be asked about such a thing"

    /// What became of a question, as the ledger records it.
    ///
    /// - Parameter asked: `nil` if the gateway cannot be asked about such a thing.
    package init(to poll: DuePoll, _ asked: Asked?, pause: Duration, askedAt: Timestamp, recordedAt: Timestamp) {
        self.init(
            poll: poll,
            result: asked?.result ?? .undecodable(Self.notPollable),
            pause: asked?.result.isTrouble == true ? pause : .zero,
            askedAt: asked?.askedAt ?? askedAt,
            answeredAt: asked?.answeredAt,
            recordedAt: recordedAt,
            httpStatus: asked?.httpStatus,
            endpoint: asked?.endpoint,
            body: asked?.body,
            digest: asked?.body.map { Gateways.digest(of: $0) },
            detail: asked == nil ? Self.notPollable : asked?.detail
        )
    }
}
