import Gateways
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Payments

/// Where a callback came from, and the terms that its head was let in on.
struct CallbackContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: String
    let terms: Terms?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? "unix"
        terms = TermsInForce.ofConnection?.current
    }
}

/// Turns requests that the ``Gate`` let in into callbacks, and the receiver's answers into responses.
struct CallbackResponder: HTTPResponder {
    typealias Context = CallbackContext

    /// eComCharge's signature over the raw body.
    private static let contentSignature = HTTPField.Name("Content-Signature")
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    let terms: TermsInForce
    let now: @Sendable () -> Moment

    func respond(to request: Request, context: CallbackContext) async throws -> Response {
        let terms = context.terms ?? terms.current
        var body: [UInt8] = []
        for try await piece in request.body { body += piece.readableBytesView }
        let callback = Callback(
            body: body,
            authorization: request.headers[.authorization],
            contentSignature: Self.contentSignature.flatMap { request.headers[$0] }
        )
        let answer = await terms.receiver.receive(
            callback,
            for: Admission.account(in: request.head.path ?? "").map(String.init) ?? "",
            from: terms.configuration.trustedProxies.clientAddress(
                peer: context.peer,
                forwardedFor: Self.forwardedFor.flatMap { request.headers[$0] }
            ),
            at: now()
        )
        return Response(
            status: answer.status,
            headers: answer.fields,
            body: ResponseBody(byteBuffer: answer.bytes)
        )
    }
}
