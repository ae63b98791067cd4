import Gateways
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Payments

/// Where a callback came from.
struct CallbackContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? "unix"
    }
}

/// Turns requests that the ``Gate`` let in into callbacks, and the receiver's answers into responses.
struct CallbackResponder: HTTPResponder {
    typealias Context = CallbackContext

    let receiver: Receiver
    let proxies: TrustedProxies
    let now: @Sendable () -> Moment

    func respond(to request: Request, context: CallbackContext) async throws -> Response {
        var body: [UInt8] = []
        for try await piece in request.body { body += piece.readableBytesView }
        let callback = Callback(
            body: body,
            authorization: request.headers[.authorization],
            contentSignature: request.headers[.contentSignature]
        )
        let answer = await receiver.receive(
            callback,
            for: Admission.account(in: request.head.path ?? "").map(String.init) ?? "",
            from: proxies.clientAddress(peer: context.peer, forwardedFor: request.headers[.forwardedFor]),
            at: now()
        )
        return Response(status: answer.status, headers: answer.fields, body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
    }
}

extension HTTPField.Name {
    /// eComCharge's signature over the raw body.
    fileprivate static let contentSignature = Self("Content-Signature")!  // A valid token, as the tests of the receiver show.
    fileprivate static let forwardedFor = Self("X-Forwarded-For")!  // Likewise.
}
