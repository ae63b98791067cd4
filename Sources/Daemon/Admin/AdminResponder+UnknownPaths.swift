import Hummingbird
import Payments
import Telemetry

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
