package import Payments

/// A payment gateway: how it proves who sent a callback or answered a question, what these say, and how it is asked.
///
/// Every gateway states in its own folder what it trusts; nothing here has a default.
package protocol Gateway: Sendable {
    /// The name in the configuration and in the database.
    static var name: String { get }
    static var settings: [Setting] { get }
    /// Whether a payment's state is the fold of its operations, because the gateway states only transactions.
    static var foldsOperations: Bool { get }

    /// Makes an account's gateway from its settings; those that have a fallback may be missing.
    init(_ values: [String: SettingValue]) throws(SettingError)

    /// What of a callback its proof covers.
    static var coverage: Coverage { get }
    /// What becomes of callbacks whose proof leaves their structure open.
    var ambiguity: AmbiguityPolicy { get }

    func authenticate(_ callback: Callback) throws(Rejection) -> Authentic
    func authenticate(_ response: StatusResponse) throws(StatusResult) -> Authentic
    /// What a body says. It needs no setting and no secret, only that the body is proved.
    static func decode(_ body: ObjectReader) throws(DecodingFailure) -> Report
    /// The payment that a body names, for one that cannot be decoded.
    static func mention(in body: ObjectReader) throws(DecodingFailure) -> Mention?

    /// The requests that may answer, in the order of trying: where one is refused the next is tried. Empty: this gateway cannot
    /// be asked about such a thing.
    ///
    /// - Parameters:
    ///   - method: The payment's, in the gateway's own word; nil where it is not known.
    ///   - remembered: The endpoint that knew the last time; it goes first.
    func statusRequests(about entity: Entity, method: String?, remembered: String?) -> [StatusRequest]
}

/// Every gateway there is. A new one is a folder, and a place in this list.
package let gateways: [any Gateway.Type] = [Ecommpay.self, EComCharge.self]
