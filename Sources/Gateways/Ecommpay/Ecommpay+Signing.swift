package import LosslessJSON

extension Ecommpay {
    /// The signature of a body of ours, in the order that the gateway's own PHP library uses; base64.
    ///
    /// - Throws: if the body is not one strict JSON value.
    package static func signature(of body: [UInt8], with secret: Secret) throws(Malformed) -> String? {
        guard let lines = SignedLines(of: try Document(body)) else { return nil }
        return code(of: lines.text(in: .naturalPaths), with: secret)
    }

    /// The signature of a body whose signed text the caller has laid out already; base64 of HMAC-SHA512.
    package static func code(of text: [UInt8], with secret: Secret) -> String {
        SigningKey(secret).code(of: text)
    }
}
