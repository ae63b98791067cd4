/// What came in a gateway's HTTP request, as far as a gateway may look at it. Nothing in it is proved.
package struct Callback: Sendable {
    package let body: [UInt8]
    /// The `Authorization` header.
    package let authorization: String?
    /// The `Content-Signature` header.
    package let contentSignature: String?

    package init(body: [UInt8], authorization: String? = nil, contentSignature: String? = nil) {
        self.body = body
        self.authorization = authorization
        self.contentSignature = contentSignature
    }
}
