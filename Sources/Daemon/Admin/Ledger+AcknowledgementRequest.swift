package import Ledger
package import Payments

extension Ledger {
    /// Closes an anomaly in the name of whoever asked for it, and returns once that is durable.
    package func acknowledge(
        _ request: AcknowledgementRequest,
        at now: Timestamp
    ) async throws(InstructionRefusal) -> AcknowledgementAnswer {
        do {
            let acknowledged = try await acknowledge(request.anomaly, note: request.note, at: now)
            return AcknowledgementAnswer(anomaly: request.anomaly, acknowledged)
        } catch {
            switch error {
            case .unknownAnomaly: throw .unknownAnomaly(request.anomaly)
            case .isClosed(let resolution): throw .closedAnomaly(request.anomaly, resolution: resolution)
            case .notRecorded(let error): throw .notRecorded(error)
            }
        }
    }
}
