import HTTPTypes
import NIOCore

/// A request that the ``Gate`` let in: whole, and within its bounds.
struct AdmittedRequest: Sendable {
    let head: HTTPRequest
    let body: ByteBuffer
    /// Those that it was let in on, and is answered on.
    let terms: Terms
}
