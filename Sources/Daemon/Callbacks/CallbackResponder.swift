import ConfigurationFile
import Gateways
import HTTPTypes
import NIOCore
import Payments

/// Turns requests that the ``RequestHandler`` let in into callbacks, and has them received.
struct CallbackResponder: Sendable {
    /// eComCharge's signature over the raw body.
    private static let contentSignature = HTTPField.Name("Content-Signature")
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    let now: @Sendable () -> Timestamp
    /// Of all accounts.
    let queue = FairQueue()

    /// - Parameter peer: the address at the other end of the connection; `unix` where it has none.
    func respond(to request: CallbackRequest, from peer: String) async -> CallbackResponse {
        let fields = request.head.headerFields
        let callback = Callback(
            body: Array(request.body.readableBytesView),
            authorization: fields[.authorization],
            contentSignature: Self.contentSignature.flatMap { fields[$0] }
        )
        return await request.serving.receiver.receive(
            callback,
            for: request.account,
            from: request.serving.configuration.trustedProxies.clientAddress(
                peer: peer,
                forwardedFor: Self.forwardedFor.flatMap { fields[$0] }
            ),
            through: queue,
            at: now()
        )
    }
}

/// A request that the ``RequestHandler`` let in: whole, and within its bounds.
struct CallbackRequest: Sendable {
    let head: HTTPRequest
    /// The one that its path names.
    let account: String
    let body: ByteBuffer
    /// Those that it was let in on, and is answered on.
    let serving: ServingConfiguration
}
