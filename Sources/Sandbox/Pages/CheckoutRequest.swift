import Gateways
import LosslessJSON
import Payments

/// A shop's request for a payment token: the body of `POST /ctp/api/checkouts`.
///
/// Source: eComCharge's "Payment token" article, and the request of its PHP library.
struct CheckoutRequest {
    let amount: Int64
    let currency: String
    let description: String
    let reference: String?
    let expiresAt: Timestamp?
    let isHold: Bool
    let isTest: Bool
    let attempts: Int
    let method: String
    let urls: MerchantURLs

    /// The methods that the sandbox simulates, in the order in which the first that is requested is taken.
    private static let methods = ["credit_card", "erip", "skrill"]

    /// - Throws: everything that is wrong with it, at once, as the gateway does.
    init(_ bytes: [UInt8], at now: Timestamp) throws(InvalidCheckout) {
        let body: JSON
        do {
            body = try JSON(reading: bytes)
        } catch {
            throw InvalidCheckout(status: 400, problems: [("base", "is not valid JSON")])
        }
        guard let checkout = body["checkout"], case .object = checkout else {
            throw InvalidCheckout(status: 422, problems: [("checkout", "is missing")])
        }
        var fields = CheckoutFields(checkout)
        amount = fields.whole("order.amount", in: 1...1_000_000_000_000, isRequired: true) ?? 0
        currency = fields.text("order.currency", upTo: 3, isRequired: true) ?? ""
        if !currency.isEmpty, Currency.exponents[currency] == nil { fields.refuse("order.currency", "is invalid") }
        description = fields.text("order.description", upTo: 255, isRequired: true) ?? ""
        reference = fields.text("order.tracking_id", upTo: 255)
        expiresAt = fields.time("order.expired_at")
        if let expiresAt, expiresAt <= now { fields.refuse("order.expired_at", "must be in the future") }
        isHold = fields.word("transaction_type", of: ["payment", "authorization"]) == "authorization"
        isTest = fields.flag("test") ?? false
        attempts = Int(fields.whole("attempts", in: 1...1000) ?? 1)
        method = fields.firstKnown("payment_method.types", of: Self.methods) ?? "credit_card"
        if isHold, method != "credit_card" { fields.refuse("transaction_type", "needs a card to hold money") }
        urls = MerchantURLs(
            callbacks: fields.url("settings.notification_url"),
            success: fields.url("settings.success_url"),
            decline: fields.url("settings.decline_url"),
            failure: fields.url("settings.fail_url"),
            cancel: fields.url("settings.cancel_url"),
            back: fields.url("settings.return_url")
        )
        guard fields.problems.isEmpty else { throw InvalidCheckout(status: 422, problems: fields.problems) }
    }
}

/// Why a request for a payment token is refused, by the paths of its members.
struct InvalidCheckout: Error {
    let status: Int
    let problems: [(path: String, words: String)]

    /// The gateway's answer. A member within another makes both invalid.
    var reply: Reply {
        var errors: JSON = [:]
        for (path, words) in problems {
            if let dot = path.firstIndex(of: ".") {
                errors = errors.with([String(path[..<dot]): [JSON.string("is invalid")]])
            }
            errors = errors.with([path: [JSON.string(words)]])
        }
        let message = problems.map { "\($0.path) \($0.words)" }.joined(separator: ", ")
        return Reply(status, ["message": .string(message), "errors": errors])
    }
}

/// Reads the members of a checkout by their paths, each by the type that it must have, and collects what is wrong.
/// Members that it is not asked for are ignored, as the gateway ignores them.
private struct CheckoutFields {
    private let root: JSON
    private(set) var problems: [(path: String, words: String)] = []

    init(_ root: JSON) {
        self.root = root
    }

    mutating func refuse(_ path: String, _ words: String) {
        problems.append((path, words))
    }

    mutating func text(_ path: String, upTo limit: Int, isRequired: Bool = false) -> String? {
        guard let value = member(path, isRequired) else { return nil }
        guard let text = value.string, text.count <= limit else {
            refuse(path, value.string == nil ? "must be a string" : "is too long (maximum is \(limit) characters)")
            return nil
        }
        if text.isEmpty, isRequired { refuse(path, "can't be blank") }
        return text.isEmpty ? nil : text
    }

    mutating func whole(_ path: String, in range: ClosedRange<Int64>, isRequired: Bool = false) -> Int64? {
        guard let value = member(path, isRequired) else { return nil }
        guard case .number(let text) = value, let number = Int64(text) else {
            refuse(path, "is not a whole number")
            return nil
        }
        guard range.contains(number) else {
            refuse(path, "must be \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func flag(_ path: String) -> Bool? {
        guard let value = member(path) else { return nil }
        guard case .bool(let flag) = value else {
            refuse(path, "must be true or false")
            return nil
        }
        return flag
    }

    mutating func word(_ path: String, of words: [String]) -> String? {
        guard let value = member(path) else { return nil }
        guard let word = value.string, words.contains(word) else {
            refuse(path, "is not one of \(words.joined(separator: ", "))")
            return nil
        }
        return word
    }

    mutating func firstKnown(_ path: String, of words: [String]) -> String? {
        guard let value = member(path) else { return nil }
        guard case .array(let elements) = value else {
            refuse(path, "must be an array")
            return nil
        }
        let given = elements.compactMap(\.string)
        guard !given.isEmpty else { return nil }
        guard let word = given.first(where: words.contains) else {
            refuse(path, "has none of \(words.joined(separator: ", "))")
            return nil
        }
        return word
    }

    mutating func url(_ path: String) -> String? {
        guard let value = member(path), value.string != "" else { return nil }
        guard let text = value.string, MerchantURLs.isUsable(text) else {
            refuse(path, "does not appear to be valid")
            return nil
        }
        return text
    }

    mutating func time(_ path: String) -> Timestamp? {
        guard let value = member(path) else { return nil }
        guard let text = value.string, let time = Array(text.utf8).withUnsafeBufferPointer(Timestamp.init(gatewayTime:))
        else {
            refuse(path, "is not a time")
            return nil
        }
        return time
    }

    private mutating func member(_ path: String, _ isRequired: Bool = false) -> JSON? {
        var value: JSON? = root
        for key in path.split(separator: ".") { value = value?[String(key)] }
        if let value, !value.isNull { return value }
        if isRequired { refuse(path, "can't be blank") }
        return nil
    }
}
