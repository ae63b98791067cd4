import ConfigurationFile
import Hummingbird
package import Ledger
import Payments
import ServiceLifecycle
import Telemetry

extension AdminResponder {
    /// Serves `POST /v1/prune`, which needs no body. It responds when pruning has finished, which may take minutes.
    func addPruning(to router: Router<BasicRequestContext>) {
        let path = RouterPath("/v1/prune")
        router.post(path) { _, _ in try await prune() }
        refuseOtherMethods(on: path, of: router)
    }

    private func prune() async throws -> Response {
        do {
            let pruned = try await cancelWhenGracefulShutdown {
                try await ledger.prune(by: serving.current.configuration.retention.rule, pause: Pruner.pause, at: now())
            }
            guard let pruned else {
                let explanation = "pruning is already in progress; the log says when it is done"
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

extension AdminResponder {
    /// Serves `POST /v1/reverify`. It responds when everything has been judged.
    func addReverification(to router: Router<BasicRequestContext>) {
        let path = RouterPath("/v1/reverify")
        router.post(path) { request, _ in try await reverify(request) }
        refuseOtherMethods(on: path, of: router)
    }

    private func reverify(_ request: Request) async throws -> Response {
        do {
            let account = try ReverificationRequest(body: try await json(in: request)).account
            return try Response(
                status: .ok,
                json: try await cancelWhenGracefulShutdown { try await reverification.run(of: account) }
            )
        } catch let refusal as APIError {
            return try Response(refusal: refusal)
        }
    }
}

/// The result of pruning: the JSON of `POST /v1/prune` and of `paystate prune --json`.
package struct PruningAnswer: Codable, Sendable, Equatable {
    /// Bodies of callbacks and poll answers that were emptied.
    package let bodies: Int
    /// The bytes that those bodies held.
    package let bytes: Int
    /// Bodies that are old enough, but that something unresolved depends on.
    package let needed: Int
    /// Rejected requests that were dropped.
    package let rejected: Int

    package init(_ pruned: PruningResult) {
        bodies = pruned.bodies
        bytes = pruned.bytes
        needed = pruned.needed
        rejected = pruned.rejected
    }
}

extension AdminResponder {
    /// Serves `GET /v1/unknown-paths`, without the paths that a reload has since assigned to an account.
    func addUnknownPaths(to router: Router<BasicRequestContext>) {
        router.get("/v1/unknown-paths") { _, _ in
            let validator = serving.current.validator
            let entries = unknownPaths.all.filter { validator.account(in: $0.path[...]) == nil }
            return try Response(status: .ok, json: UnknownPathsAnswer(entries))
        }
    }
}

/// Requests since the daemon started for paths under `/callbacks` that belong to no account: the JSON of `GET
/// /v1/unknown-paths`.
struct UnknownPathsAnswer: Encodable {
    struct Entry: Encodable {
        let path: String
        let requests: Int
        let lastAt: String

        enum CodingKeys: String, CodingKey {
            case path
            case requests
            case lastAt = "last_at"
        }
    }

    /// The most frequent first.
    let paths: [Entry]

    init(_ entries: [UnknownPaths.Entry]) {
        paths = entries.map { Entry(path: $0.path, requests: $0.requests, lastAt: $0.lastAt.text) }
    }
}
