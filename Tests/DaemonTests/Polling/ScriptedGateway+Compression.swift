import Foundation
import TestSupport
import Testing

extension ScriptedGateway.Act {
    /// An answer whose body is already compressed.
    static func compressed(by coding: String, base64 text: String) throws -> ScriptedGateway.Act {
        let body = try #require(Data(base64Encoded: text))
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n"
        return .sayBytes(Array(head.utf8) + body)
    }
}
