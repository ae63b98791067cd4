package import Payments

/// A payment gateway: how to authenticate its callbacks and status responses, how to decode them, and how to poll it.
///
/// Each gateway states in its own folder what it trusts; nothing here has a default.
package protocol Gateway: Sendable {
    /// The name in the configuration and in the database.
    static var name: String { get }
    static var settings: [Setting] { get }
    /// Whether a payment's state is the fold of its operations, because the gateway states only transactions.
    static var foldsOperations: Bool { get }

    /// Creates an account's gateway from its settings; those with a fallback may be missing.
    init(_ values: [String: SettingValue]) throws(SettingError)

    /// Which part of a callback its proof covers.
    static var coverage: Coverage { get }
    /// How to handle callbacks whose proof leaves their structure open.
    var ambiguity: AmbiguityPolicy { get }

    func authenticate(_ callback: Callback) throws(Rejection) -> Authentic
    /// The `Authorization` header with which the gateway proves its callbacks, and which goes along when they are
    /// forwarded; `nil` if it proves them otherwise.
    var forwardedAuthorization: String? { get }
    func authenticate(_ response: StatusResponse) throws(StatusResult) -> Authentic
    /// Decodes a body. This needs no setting and no secret, only that the body is proved.
    static func decode(_ body: ObjectReader) throws(DecodingFailure) -> Report
    /// The payment that a body names, for a body that cannot be decoded.
    static func mention(in body: ObjectReader) throws(DecodingFailure) -> Mention?

    /// The requests to try, in order: if one is refused, the next is tried. Empty if this gateway cannot be polled
    /// about such an entity.
    ///
    /// - Parameters:
    ///   - method: The payment's method, in the gateway's own word; nil if it is not known.
    ///   - remembered: The endpoint that knew the entity last time; it goes first.
    func statusRequests(about entity: Entity, method: String?, remembered: String?) -> [StatusRequest]
}

/// All gateways. To add one, add a folder and an element to this list.
package let gateways: [any Gateway.Type] = [Ecommpay.self, EComCharge.self]
