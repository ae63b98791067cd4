package import Gateways
package import Payments

/// What became of asking about one entity: the request that decided, and what its answer comes to.
package struct Asked: Sendable, Equatable {
    /// The word of ``Question/endpoint``.
    package let endpoint: String
    package let askedAt: Timestamp
    /// nil if no answer came.
    package let answeredAt: Timestamp?
    package let httpStatus: Int?
    package let body: [UInt8]?
    package let reading: Reading
    /// How long the gateway asks to be left alone.
    package let retryAfter: Duration?
    /// What was wrong or left out, in words for the operator; nil for a report of which nothing was left out, and where
    /// nothing is known of the entity.
    package let detail: String?

    init(_ question: Question, at askedAt: Timestamp, trouble: Trouble) {
        endpoint = question.endpoint
        self.askedAt = askedAt
        answeredAt = nil
        httpStatus = nil
        body = nil
        // The same would come again, whatever state the gateway is in.
        reading = trouble == .tooLarge ? .undecodable(trouble.rawValue) : .unavailable
        retryAfter = nil
        detail = trouble.rawValue
    }

    package init(
        _ question: Question,
        at askedAt: Timestamp,
        answer: Gateways.Answer,
        at answeredAt: Timestamp,
        reading: Reading,
        retryAfter: String?
    ) {
        endpoint = question.endpoint
        self.askedAt = askedAt
        self.answeredAt = answeredAt
        httpStatus = answer.status
        body = answer.body
        self.reading = reading
        self.retryAfter = retryAfter.flatMap { Duration(retryAfter: $0, at: answeredAt) }
        detail =
            switch reading {
            case .report(let report): report.omissionsInWords
            case .notFound: nil
            case .unauthorized: "the gateway does not accept the account's credentials (HTTP status \(answer.status))"
            case .rateLimited: "the gateway is asked too often"
            case .unavailable where (300..<400).contains(answer.status): "it redirects, which is not followed"
            case .unavailable where answer.isSuccess: "the answer is no JSON, but some other page"
            case .unavailable: "HTTP status \(answer.status)"
            case .undecodable(let place): place
            case .foreign: "the answer is about somebody else"
            }
    }
}
