import HTTPTypes
import NIOCore

/// A request that the ``Gate`` let in: whole, and within its bounds.
struct AdmittedRequest: Sendable {
    let head: HTTPRequest
    /// The one that its path names.
    let account: String
    let body: ByteBuffer
    /// Those that it was let in on, and is answered on.
    let terms: Terms
}
