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
