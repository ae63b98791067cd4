import Gateways

/// Callbacks as ecommpay signs them.
package enum SignedCallback {
    /// The secret of the accounts of the tests' daemons.
    package static let secret = "a-secret-of-the-tests"

    /// The body of a callback of a payment that succeeded, unless something else is said.
    ///
    /// - Parameter members: more members of `payment`, each with a comma before it.
    package static func ecommpay(
        _ payment: String,
        _ status: String = "success",
        project: Int = 240,
        members: String = "",
        secret: String = secret
    ) throws -> String {
        let words = #""id":"\#(payment)","type":"purchase","status":"\#(status)"\#(members)"#
        let body = #"{"project_id":\#(project),"payment":{\#(words)}"#
        let key = Secret(name: "test", bytes: Array(secret.utf8))
        let signature = try Ecommpay.signature(of: Array((body + "}").utf8), with: key) ?? ""
        return body + #","signature":"\#(signature)"}"#
    }
}
