/// One movement of money within a payment, as far as it is known.
package struct Operation: Sendable, Equatable {
    package let id: String
    /// eComCharge: the uid of the transaction it belongs to; `nil` for a root.
    package var parentID: String?
    package var type: String?
    package var kind: OperationKind
    package var tracked: TrackedStatus
    package var code: String?
    package var message: String?
    package var decline: Decline?
    package var rrn: String?
    package var authCode: String?
    package var receiptURL: String?
    package var isTest: Bool?
    package var createdAt: Timestamp?
    /// When to poll this operation on its own (an eComCharge child).
    package var pollState: PollState
    package var contest = Contest.none

    package init(
        id: String,
        kind: OperationKind,
        tracked: TrackedStatus = TrackedStatus(),
        pollState: PollState = PollState()
    ) {
        self.id = id
        self.kind = kind
        self.tracked = tracked
        self.pollState = pollState
    }

    package var state: State { tracked.status.state }
    /// Whether the gateway's answer still has to decide about it.
    var isContested: Bool { contest == .contradicted || contest == .unlisted }
    /// Whether the gateway's answer does not list it: then it counts towards no total, whatever a callback said.
    var isDenied: Bool { contest == .unlisted || contest == .dismissed }
    package var amount: Int64? { tracked.amounts.amount }

    /// Applies a report about this operation and returns how it was judged.
    mutating func apply(_ report: OperationReport, from origin: Origin) -> Judgement {
        let isCorrected = report.correctedAt.map { $0 != tracked.correctedAt } ?? false
        let hadSucceeded = state == .succeeded
        let judgement = tracked.apply(
            Evidence(
                status: report.status,
                amounts: Amounts(amount: report.amount, currency: report.currency),
                gatewayTime: report.gatewayTime,
                origin: origin,
                isManualCorrection: isCorrected
            )
        )
        if judgement.effect.isNews { fill(from: report, keepingKind: hadSucceeded && origin == .callback) }
        return judgement
    }

    /// Whether a report contradicts what an operation moved: once it is final, its kind, amount and currency do not
    /// change.
    func contradicts(_ report: OperationReport) -> Bool {
        guard state.isFinal, report.status.state.isFinal, state == .succeeded || report.status.state == .succeeded
        else {
            return false
        }
        let isOfAnotherKind = report.type != nil && kind != .unknown && kind != report.kind
        return isOfAnotherKind
            || !tracked.amounts.agrees(with: Amounts(amount: report.amount, currency: report.currency))
    }

    /// - Parameter keepsKind: whether a type that differs from the known one needs the gateway's answer to confirm it.
    private mutating func fill(from report: OperationReport, keepingKind keepsKind: Bool) {
        parentID = report.parentID ?? parentID
        if report.type != nil, !keepsKind || kind == .unknown || kind == report.kind {
            type = report.type
            kind = report.kind
        }
        code = report.code ?? code
        message = report.message ?? message
        decline = report.code == nil ? decline : report.decline
        rrn = report.rrn ?? rrn
        authCode = report.authCode ?? authCode
        receiptURL = report.receiptURL ?? receiptURL
        isTest = report.isTest ?? isTest
        createdAt = report.createdAt ?? createdAt
        tracked.correctedAt = report.correctedAt ?? tracked.correctedAt
    }
}

extension [Operation] {
    /// The index of each operation by its id, for callers that look up many among many.
    var positions: [String: Int] {
        Dictionary(zip(lazy.map(\.id), indices), uniquingKeysWith: { first, _ in first })
    }
}

extension Effect {
    /// Whether the other fields of the report may fill gaps and replace older values.
    var isNews: Bool {
        switch self {
        case .applied, .unchanged: true
        case .late, .held, .unrecognised, .undecodable: false
        }
    }
}

/// Whether what was reported about an operation is in doubt.
package enum Contest: String, Sendable {
    case none
    /// A callback gave it another type, amount or currency than it had: the gateway's answer decides.
    case contradicted
    /// A callback said that it succeeded, but the gateway's list of all operations does not contain it.
    case unlisted
    /// Unlisted as well, but a person has reviewed it.
    case dismissed
}
