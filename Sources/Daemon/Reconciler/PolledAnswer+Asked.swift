import Gateways
package import Ledger
package import Payments

extension PolledAnswer {
    /// What became of a question, as the ledger records it.
    ///
    /// - Parameter asked: `nil` if the gateway cannot be asked about such a thing.
    package init(to question: DueQuestion, _ asked: Asked?, pause: Duration, askedAt: Timestamp, recordedAt: Timestamp)
    {
        self.init(
            question: question,
            content: Content(asked?.reading, pause: pause),
            askedAt: asked?.askedAt ?? askedAt,
            answeredAt: asked?.answeredAt,
            recordedAt: recordedAt,
            httpStatus: asked?.httpStatus,
            endpoint: asked?.endpoint,
            body: asked?.body,
            digest: asked?.body.map { Gateways.digest(of: $0) },
            detail: asked == nil ? "this gateway cannot be asked about such a thing" : asked?.detail
        )
    }
}

extension PolledAnswer.Content {
    fileprivate init(_ reading: Reading?, pause: Duration) {
        self =
            switch reading {
            case .report(let report): .report(report)
            case .notFound: .notFound
            case .unauthorized: .unauthorized
            case .rateLimited: .rateLimited(pause: pause)
            case .unavailable: .unavailable(pause: pause)
            case .undecodable, nil: .undecodable
            case .foreign: .foreign
            }
    }
}
