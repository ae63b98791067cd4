import LosslessJSON
import Payments

/// An HTTP request to a gateway's status endpoint.
///
/// However it is printed, dumped or mirrored, neither the credentials nor the entity show.
package struct StatusRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// The endpoint as a short word, which is stored to remember the endpoint that knew the entity.
    package let endpoint: String
    package let method: Method
    package let url: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
}

extension StatusRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "StatusRequest(\(endpoint))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["endpoint": endpoint, "method": method]) }
}

/// The response to a ``StatusRequest``. Nothing in it is proved.
package struct StatusResponse: Sendable {
    /// The HTTP status.
    package let status: Int
    package let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

extension StatusResponse {
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The body, parsed leniently, because its connection proves its bytes.
    ///
    /// - Throws: `unavailable` for a success without anything like JSON: that came from something in front of the
    ///   gateway, which would send it for any payment. A fault within JSON concerns this payment alone.
    func document() throws(StatusResult) -> Document {
        do {
            return try Document(body, allowing: .whereBytesAreProved)
        } catch {
            guard isSuccess else { throw unexpectedStatus }
            guard beginsLikeJSON else { throw .unavailable }
            throw .undecodable("the body is not JSON")
        }
    }

    /// Every response of a gateway is an object, or a list of them.
    private var beginsLikeJSON: Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = body.starts(with: mark) ? body.dropFirst(mark.count) : body[...]
        let first = text.first { !$0.isWhiteSpace }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    var unexpectedStatus: StatusResult { .undecodable("HTTP status \(status)") }
}
