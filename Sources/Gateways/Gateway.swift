package import Payments

/// A payment gateway: how it proves who sent a callback, and what the callback says.
///
/// Every gateway states in its own folder what it trusts; nothing here has a default.
package protocol Gateway: Sendable {
    /// The name in the configuration and in the database.
    static var name: String { get }
    static var settings: [Setting] { get }
    /// Whether a payment's state is the fold of its operations, because the gateway states only transactions.
    static var foldsOperations: Bool { get }

    /// Makes an account's gateway from its settings; those that have a fallback may be missing.
    init(_ values: [String: SettingValue]) throws(SettingProblem)

    /// Whether a callback whose verdict is `ambiguous` is applied without asking first.
    var acceptsAmbiguous: Bool { get }

    func authenticate(_ callback: Callback) throws(Rejection) -> Authentic
    func decode(_ authentic: Authentic) throws(Undecodable) -> Report
}

/// Every gateway there is. A new one is a folder, and a place in this list.
package let gateways: [any Gateway.Type] = [Ecommpay.self, EComCharge.self]
