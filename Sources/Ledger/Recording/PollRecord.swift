package import Payments

/// The result of a poll, on its way into the ledger.
package struct PollRecord: Sendable {
    package let poll: DuePoll
    package let result: StatusResult
    /// How long the gateway is not polled, if the result is a failure of its own.
    package let pause: Duration
    package let askedAt: Timestamp
    /// `nil` if no answer came.
    package let answeredAt: Timestamp?
    package internal(set) var recordedAt: Timestamp
    package let httpStatus: Int?
    /// The endpoint that answered.
    package let endpoint: String?
    package let body: [UInt8]?
    /// SHA-256 of the body.
    package let digest: [UInt8]?
    /// Why there is no answer, or none that can be believed: the text names places, never values.
    package let detail: String?

    package init(
        poll: DuePoll,
        result: StatusResult,
        pause: Duration = .zero,
        askedAt: Timestamp,
        answeredAt: Timestamp?,
        recordedAt: Timestamp,
        httpStatus: Int?,
        endpoint: String?,
        body: [UInt8]?,
        digest: [UInt8]?,
        detail: String?
    ) {
        self.poll = poll
        self.result = result
        self.pause = pause
        self.askedAt = askedAt
        self.answeredAt = answeredAt
        self.recordedAt = recordedAt
        self.httpStatus = httpStatus
        self.endpoint = endpoint
        self.body = body
        self.digest = digest
        self.detail = detail
    }

    /// The same answer, marked as one that cannot be believed.
    package func asUndecodable(_ reason: String) -> PollRecord {
        PollRecord(
            poll: poll,
            result: .undecodable(reason),
            askedAt: askedAt,
            answeredAt: answeredAt,
            recordedAt: recordedAt,
            httpStatus: httpStatus,
            endpoint: endpoint,
            body: body,
            digest: digest,
            detail: reason
        )
    }
}
