import Hummingbird

extension AdminResponder {
    /// Serves `POST /v1/acknowledge`.
    func addAcknowledging(to router: Router<BasicRequestContext>) {
        let path = RouterPath("/v1/acknowledge")
        router.post(path) { request, _ in try await acknowledge(request) }
        refuseOtherMethods(on: path, of: router)
    }

    private func acknowledge(_ request: Request) async throws -> Response {
        do {
            let wish = try AcknowledgementRequest(body: try await json(in: request))
            return try Response(status: .ok, json: try await ledger.acknowledge(wish, at: now()))
        } catch let refusal as InstructionRefusal {
            return try Response(refusal: refusal)
        }
    }
}
