import Foundation

extension EComCharge {
    /// What the gateway would put in the `Content-Signature` header of a callback with this body; base64.
    package static func signature(of body: [UInt8], with key: PrivateKey) throws -> String {
        try Data(key.signature(of: body)).base64EncodedString()
    }
}
