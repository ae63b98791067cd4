package import Payments

/// The result of closing an anomaly, once it is durable.
package struct AcknowledgementResult: Sendable, Equatable {
    /// The number of the instruction: `operator:N` is evidence.
    package let instruction: Int64
    package let kind: AnomalyKind
    package let account: String
    /// The payment that it was open on; `nil` if it was open on a checkout, a subscription or a callback.
    package let paymentID: String?

    package init(instruction: Int64, kind: AnomalyKind, account: String, paymentID: String?) {
        self.instruction = instruction
        self.kind = kind
        self.account = account
        self.paymentID = paymentID
    }
}

/// Why an anomaly was not closed; nothing was changed.
package enum AcknowledgementError: Error, Equatable {
    case unknownAnomaly
    /// It is closed already, with this resolution.
    case isClosed(resolution: String)
    case notRecorded(RecordingError)
}

extension Ledger {
    /// Closes an anomaly because a person says that it has been dealt with. The same contradiction opens it again only
    /// with new evidence.
    ///
    /// - Parameters:
    ///   - anomaly: its number in the view `anomalies`.
    ///   - note: the reason; it becomes the anomaly's resolution.
    package func acknowledge(
        _ anomaly: Int64,
        note: String,
        at now: Timestamp
    ) async throws(AcknowledgementError) -> AcknowledgementResult {
        let result: Result<AcknowledgementResult, AcknowledgementError>
        do throws(RecordingError) {
            result = try await perform { try $0.acknowledge(anomaly, note: note, at: now) }
        } catch {
            throw .notRecorded(error)
        }
        return try result.get()
    }
}
