import Foundation
import HTTPTypes
import Hummingbird
import LosslessJSON
import NIOCore
import ServiceLifecycle

/// The sandbox's only listener: the gateways' status endpoints and payment pages, and the sandbox's own API under
/// `/sandbox/`.
struct SandboxResponder: Sendable {
    let sandbox: Sandbox
    let clock: any Clock<Duration>

    static let bodyLimit = 64 * 1024

    func makeRouter() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: NotFoundMiddleware())
        router.post("/v2/payment/status") { request, _ in
            let body = try await bytes(of: request)
            return try await response(sandbox.withWorld { world, _ in world.reply(toStatusRequest: body) })
        }
        for endpoint in Endpoint.allCases where endpoint != .paymentStatus {
            router.get("/\(endpoint.rawValue)/{name}") { request, context in
                let name = try name("name", context)
                let authorization = request.headers[.authorization]
                let reply = sandbox.withWorld { world, _ in
                    world.reply(about: name, at: endpoint, authorization: authorization)
                }
                return try await response(reply)
            }
        }
        addPages(to: router)
        addAPI(to: router)
        return router
    }

    func name(_ parameter: String, _ context: BasicRequestContext) throws -> String {
        let text = try context.parameters.require(parameter)
        guard let name = text.removingPercentEncoding else { throw HTTPError(.badRequest) }
        return name
    }

    func bytes(of request: Request) async throws -> [UInt8] {
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        return Array(body.readableBytesView)
    }

    func response(_ reply: Reply) async throws -> Response {
        if reply.delay > .zero {
            try await cancelWhenGracefulShutdown { try await clock.sleep(for: reply.delay) }
        }
        var headers: HTTPFields = [.contentType: "application/json"]
        if let pause = reply.retryAfter { headers[.retryAfter] = String(max(1, pause.components.seconds)) }
        return Response(
            status: HTTPResponse.Status(code: reply.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
        )
    }
}

/// Answers requests that no route matches, and says where to look.
struct NotFoundMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let place = "\(request.method.rawValue) \(request.uri.path)"
            let answer: JSON = ["error": .string("there is no \(place) here: GET /sandbox lists what there is")]
            return Response(sandbox: .notFound, answer)
        }
    }
}
