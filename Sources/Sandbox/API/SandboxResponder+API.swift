import HTTPTypes
import Hummingbird
import LosslessJSON
import NIOCore
import Payments

extension SandboxResponder {
    /// Adds the API for trying things one by one.
    func addAPI(to router: Router<BasicRequestContext>) {
        router.get("/sandbox") { _, _ in
            answer { sandbox.withWorld { world, _ in world.overview } }
        }
        router.get("/sandbox/payments") { request, _ in
            let limit = request.uri.queryParameters["limit"].map(String.init)
            return answer { () throws(SandboxProblem) in
                guard let limit = Int(limit ?? "100"), (1...10_000).contains(limit) else {
                    throw .request("limit takes 1 to 10000")
                }
                return sandbox.withWorld { world, _ in world.list(limit) }
            }
        }
        router.post("/sandbox/payments") { request, _ in
            let body = try await bytes(of: request)
            return answer { () throws(SandboxProblem) in
                let request = try PaymentRequest(body)
                return try sandbox.withWorld { (world, now) throws(SandboxProblem) in try world.make(request, at: now) }
            }
        }
        router.get("/sandbox/payments/{id}") { _, context in
            let id = try name("id", context)
            return answer { () throws(SandboxProblem) in
                try sandbox.withWorld { (world, _) throws(SandboxProblem) in world.story(of: try world.find(id)) }
            }
        }
        router.post("/sandbox/payments/{id}/{event}") { request, context in
            let id = try name("id", context)
            let event = try name("event", context)
            let body = try await bytes(of: request)
            return answer { () throws(SandboxProblem) in
                let amount = try RequestFields(body, keys: ["amount_minor"]).amount("amount_minor")
                return try sandbox.withWorld { (world, now) throws(SandboxProblem) in
                    try world.happen(event, amount, to: id, at: now)
                }
            }
        }
        router.post("/sandbox/misbehave") { request, _ in
            let body = try await bytes(of: request)
            return answer { () throws(SandboxProblem) in
                try sandbox.withWorld { (world, _) throws(SandboxProblem) in
                    world.misbehaviour = try world.misbehaviour.changed(by: body)
                    return world.misbehaviour.json
                }
            }
        }
    }

    /// The one place where a problem with a request becomes an HTTP status.
    private func answer(_ work: () throws(SandboxProblem) -> JSON) -> Response {
        do {
            return Response(sandbox: .ok, try work())
        } catch {
            return Response(sandbox: HTTPResponse.Status(code: error.status), ["error": .string(error.message)])
        }
    }
}

extension Response {
    init(sandbox status: HTTPResponse.Status, _ body: JSON) {
        var bytes = ByteBuffer(bytes: body.bytes)
        bytes.writeString("\n")
        self.init(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: bytes)
        )
    }
}
