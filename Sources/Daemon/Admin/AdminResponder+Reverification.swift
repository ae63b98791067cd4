import Hummingbird
import ServiceLifecycle

extension AdminResponder {
    /// Serves `POST /v1/reverify`. It answers when all has been judged.
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
        } catch let refusal as InstructionRefusal {
            return try Response(refusal: refusal)
        }
    }
}
