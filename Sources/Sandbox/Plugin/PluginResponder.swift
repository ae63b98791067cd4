import HTTPTypes
import Hummingbird
import LosslessJSON
import NIOCore

/// The plugin's listener: `/callbacks/NAME`, `/events`, and `/orders` for a look.
struct PluginResponder: Sendable {
    let plugin: ShopPlugin

    /// The largest callback or event.
    private static let bodyLimit = 1 << 20
    /// How long a request that hangs is not answered, and how late one is answered that is slow.
    private static let longestHang = Duration.seconds(60)
    private static let slowness = Duration.seconds(3)
    /// After how many seconds a plugin that is busy may be tried again.
    private static let retryAfter = "2"

    private static let contentSignature = HTTPField.Name("Content-Signature")
    private static let callbackNumber = HTTPField.Name("Paystate-Callback")
    private static let attempt = HTTPField.Name("Paystate-Attempt")
    private static let eventID = HTTPField.Name("webhook-id")
    private static let eventTime = HTTPField.Name("webhook-timestamp")
    private static let eventSignature = HTTPField.Name("webhook-signature")

    func makeRouter() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/callbacks/{account}") { request, context in
            let account = try context.parameters.require("account")
            return try await answer(request) { (body: [UInt8]) throws(PluginRefusal) in
                try plugin.take(
                    body,
                    for: account,
                    authorization: request.headers[.authorization],
                    contentSignature: value(Self.contentSignature, of: request),
                    number: value(Self.callbackNumber, of: request),
                    attempt: value(Self.attempt, of: request)
                )
            }
        }
        router.post("/events") { request, _ in
            try await answer(request) { (body: [UInt8]) throws(PluginRefusal) in
                try plugin.takeEvent(
                    body,
                    id: value(Self.eventID, of: request),
                    timestamp: value(Self.eventTime, of: request),
                    signature: value(Self.eventSignature, of: request)
                )
            }
        }
        router.get("/orders") { request, _ in
            let text = request.uri.queryParameters["limit"].map(String.init) ?? "100"
            guard let limit = Int(text), (1...10_000).contains(limit) else {
                return Response(sandbox: .unprocessableContent, ["error": "limit takes 1 to 10000"])
            }
            return Response(sandbox: .ok, plugin.list(limit))
        }
        return router
    }

    /// Answers 200 to what is taken, and a refusal by its status; unless misbehaviour has it otherwise.
    private func answer(
        _ request: Request,
        _ take: ([UInt8]) throws(PluginRefusal) -> Void
    ) async throws -> Response {
        switch plugin.nextFault() {
        case .fail: return Response(status: .internalServerError)
        case .hang:
            try await plugin.pause(Self.longestHang)
            return Response(status: .serviceUnavailable)
        case .busy: return Response(status: .serviceUnavailable, headers: [.retryAfter: Self.retryAfter])
        case .slow: try await plugin.pause(Self.slowness)
        case nil: break
        }
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        do throws(PluginRefusal) {
            try take(Array(body.readableBytesView))
            return Response(status: .ok)
        } catch {
            return Response(status: HTTPResponse.Status(code: error.status))
        }
    }

    private func value(_ name: HTTPField.Name?, of request: Request) -> String? {
        name.flatMap { request.headers[$0] }
    }
}
