/// A request that asks a gateway how something stands.
///
/// However it is printed, dumped or mirrored, what proves who asks does not show, nor what is asked about.
package struct StatusRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// The place that is asked, in a short word that is stored: which one knew is remembered by it.
    package let endpoint: String
    package let method: Method
    package let url: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
}

extension StatusRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Question(\(endpoint))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["endpoint": endpoint, "method": method]) }
}
