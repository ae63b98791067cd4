import ConfigurationFile
import Gateways
import HTTPTypes
import NIOCore
import Payments

/// Turns requests that the ``RequestHandler`` admitted into callbacks, and passes them to the receiver.
struct CallbackResponder: Sendable {
    /// eComCharge's signature over the raw body.
    private static let contentSignature = HTTPField.Name("Content-Signature")
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    let now: @Sendable () -> Timestamp
    /// Shared by all accounts.
    let queue = FairQueue()

    /// Responds to one request.
    ///
    /// - Parameters:
    ///   - peer: the address at the other end of the connection; `unix` if it has none.
    ///   - answer: is called once, on any thread.
    func respond(
        to request: CallbackRequest,
        from peer: String,
        answer: @escaping @Sendable (CallbackResponse) -> Void
    ) {
        let fields = request.head.headerFields
        let callback = Callback(
            body: Array(request.body.readableBytesView),
            authorization: fields.text(.authorization),
            contentSignature: Self.contentSignature.flatMap(fields.text),
            contentType: fields.text(.contentType)
        )
        request.serving.receiver.receive(
            callback,
            for: request.account,
            from: Self.forwardedFor.flatMap(fields.text).map {
                request.serving.configuration.trustedProxies.clientAddress(peer: peer, forwardedFor: $0)
            } ?? peer,
            through: queue,
            at: now(),
            answer: answer
        )
    }
}

/// A request that the ``RequestHandler`` admitted: complete, and within its limits.
struct CallbackRequest: Sendable {
    let head: HTTPRequest
    /// The account that the path names.
    let account: String
    let body: ByteBuffer
    /// The configuration under which the request was admitted, and under which it is answered.
    let serving: ServingConfiguration
}
