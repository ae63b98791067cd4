package import Gateways
package import Ledger
import OutboundHTTP
package import Payments

/// The result of polling one entity: the request that decided, and what its answer means.
package struct PollAttempt: Sendable, Equatable {
    /// The value of ``StatusRequest/endpoint``.
    package let endpoint: String
    package let askedAt: Timestamp
    /// `nil` if no answer came.
    package let answeredAt: Timestamp?
    package let httpStatus: Int?
    package let body: [UInt8]?
    package let result: StatusResult
    /// How long the gateway asks not to be polled.
    package let retryAfter: Duration?
    /// What was wrong or left out, in words for the operator; `nil` for a report without omissions, and if the gateway
    /// does not know the entity.
    package let detail: String?

    init(_ request: StatusRequest, at askedAt: Timestamp, trouble: TransportFailure) {
        endpoint = request.endpoint
        self.askedAt = askedAt
        answeredAt = nil
        httpStatus = nil
        body = nil
        // An answer that is too large would come again, whatever state the gateway is in.
        result = trouble == .tooLarge ? .undecodable(trouble.rawValue) : .unavailable
        retryAfter = nil
        detail = trouble.rawValue
    }

    package init(
        _ request: StatusRequest,
        at askedAt: Timestamp,
        answer: StatusResponse,
        at answeredAt: Timestamp,
        result: StatusResult,
        retryAfter: String?
    ) {
        endpoint = request.endpoint
        self.askedAt = askedAt
        self.answeredAt = answeredAt
        httpStatus = answer.status
        body = answer.body
        self.result = result
        self.retryAfter = retryAfter.flatMap { Duration(retryAfter: $0, at: answeredAt) }
        detail =
            switch result {
            case .report(let report): report.omissionsInWords
            case .notFound, .interrupted: nil
            case .unauthorized: "the gateway does not accept the account's credentials (HTTP status \(answer.status))"
            case .rateLimited: "the gateway is polled too often"
            case .unavailable where (300..<400).contains(answer.status): "it redirects, which is not followed"
            case .unavailable where answer.isSuccess: "the answer is not JSON, but some other page"
            case .unavailable: "HTTP status \(answer.status)"
            case .undecodable(let place): place
            case .foreign: "the answer is about another account or payment"
            }
    }
}

extension PollRecord {
    private static let notPollable = "this gateway cannot be polled about this"

    /// Makes the record of a poll for the ledger.
    ///
    /// - Parameter attempt: `nil` if the gateway cannot be asked about such an entity.
    package init(to poll: DuePoll, _ attempt: PollAttempt?, pause: Duration, askedAt: Timestamp, recordedAt: Timestamp)
    {
        self.init(
            poll: poll,
            result: attempt?.result ?? .undecodable(Self.notPollable),
            pause: attempt?.result.isTrouble == true ? pause : .zero,
            askedAt: attempt?.askedAt ?? askedAt,
            answeredAt: attempt?.answeredAt,
            recordedAt: recordedAt,
            httpStatus: attempt?.httpStatus,
            endpoint: attempt?.endpoint,
            body: attempt?.body,
            digest: attempt?.body.map { Gateways.digest(of: $0) },
            detail: attempt == nil ? Self.notPollable : attempt?.detail
        )
    }
}

extension Report {
    /// The members that were left out, for the operator; `nil` if none was. It names places, and no more of them than
    /// fit into a line or two.
    var omissionsInWords: String? {
        let named = 10
        guard !leftOut.isEmpty else { return nil }
        let more = leftOut.count > named ? ", and \(leftOut.count - named) more" : ""
        return "left out: " + leftOut.prefix(named).joined(separator: ", ") + more
    }
}
