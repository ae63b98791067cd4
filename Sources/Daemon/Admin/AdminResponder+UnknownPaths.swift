import Hummingbird
import Payments
import Telemetry

extension AdminResponder {
    /// Serves `GET /v1/unknown-paths`. A path that a reload has made an account's is unknown no longer.
    func addUnknownPaths(to router: Router<BasicRequestContext>) {
        router.get("/v1/unknown-paths") { _, _ in
            let validator = serving.current.validator
            let entries = unknownPaths.all.filter { validator.account(in: $0.path[...]) == nil }
            return try Response(status: .ok, json: UnknownPathsAnswer(entries))
        }
    }
}

/// The requests for paths under `/callbacks` that are no account's, since the daemon started: the JSON of
/// `GET /v1/unknown-paths`.
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
