import Hummingbird

extension AdminResponder {
    /// Serves `GET /v1/unknown-paths`. A path that a reload has made an account's is unknown no longer.
    func addUnknownPaths(to router: Router<BasicRequestContext>) {
        router.get("/v1/unknown-paths") { _, _ in
            let admission = terms.current.admission
            let entries = unknownPaths.all.filter { admission.account(in: $0.path[...]) == nil }
            return try Response(status: .ok, json: UnknownPathsAnswer(entries))
        }
    }
}
