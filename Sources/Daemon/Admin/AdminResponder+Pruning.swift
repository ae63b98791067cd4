import Hummingbird
import Ledger
import Payments
import ServiceLifecycle

extension AdminResponder {
    /// Serves `POST /v1/prune`, which needs no body. It answers when the pruning is at its end, which may take minutes.
    func addPruning(to router: Router<BasicRequestContext>) {
        let path = RouterPath("/v1/prune")
        router.post(path) { _, _ in try await prune() }
        refuseOtherMethods(on: path, of: router)
    }

    private func prune() async throws -> Response {
        do {
            let pruned = try await cancelWhenGracefulShutdown {
                try await ledger.prune(by: terms.current.configuration.retention.rule, pause: Pruner.pause, at: now())
            }
            guard let pruned else {
                let explanation = "a pruning is under way already; the log tells when it is done"
                return try Response(status: .serviceUnavailable, json: ErrorAnswer(error: explanation))
            }
            return try Response(status: .ok, json: PruningAnswer(pruned))
        } catch let doubt as ClockDoubt {
            return try Response(status: .serviceUnavailable, json: ErrorAnswer(error: "\(doubt)"))
        } catch let error as RecordingError {
            return try Response(refusal: .notRecorded(error))
        } catch is CancellationError {
            return try Response(refusal: .notRecorded(.isClosed))
        }
    }
}
