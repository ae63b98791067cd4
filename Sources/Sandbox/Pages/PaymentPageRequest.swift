import Gateways
import LosslessJSON
import Payments

/// The signed query with which a shop sends a buyer to ecommpay's payment page.
///
/// Source: ecommpay's "Payment Page" article: parameters of the opening request.
struct PaymentPageRequest {
    let projectID: String
    let paymentID: String
    let amount: Int64
    let currency: String
    let description: String?
    let isHold: Bool
    let urls: MerchantURLs
    private let parameters: FormFields
    private let signature: String

    init(_ parameters: FormFields) throws(PageProblem) {
        func required(_ name: String) throws(PageProblem) -> String {
            guard let text = parameters[name], text.utf8.count <= 255 else {
                throw PageProblem(status: 400, message: "\(name) is missing or too long")
            }
            return text
        }
        func url(_ names: String...) throws(PageProblem) -> String? {
            for name in names {
                guard let text = parameters[name] else { continue }
                guard MerchantURLs.isUsable(text) else {
                    throw PageProblem(status: 400, message: "\(name) is not an address")
                }
                return text
            }
            return nil
        }
        self.parameters = parameters
        signature = try required("signature")
        projectID = try required("project_id")
        paymentID = try required("payment_id")
        guard let amount = Int64(try required("payment_amount")), (1...1_000_000_000_000).contains(amount) else {
            throw PageProblem(status: 400, message: "payment_amount is not a whole number of minor units")
        }
        self.amount = amount
        currency = try required("payment_currency")
        guard Currency.exponents[currency] != nil else {
            throw PageProblem(status: 400, message: "payment_currency is not a currency of ISO 4217")
        }
        description = parameters["payment_description"]
        isHold = parameters["card_operation_type"] == "auth"
        urls = MerchantURLs(
            callbacks: try url("merchant_callback_url"),
            success: try url("redirect_success_url", "merchant_success_url"),
            decline: try url("redirect_fail_url", "merchant_fail_url"),
            back: try url("redirect_return_url", "merchant_return_url")
        )
    }

    /// Whether the project's secret signed all parameters. The libraries sign a true as 1, and some of them write it as
    /// `true` into the URL: it may mean either.
    func isSigned(with secret: Secret) -> Bool {
        let texts = parameters.members.map { JSON.Member($0.name, .string($0.value)) }
        let flags = texts.map { member in
            switch member.value {
            case "true": JSON.Member(member.key, .bool(true))
            case "false": JSON.Member(member.key, .bool(false))
            default: member  // All other texts mean themselves.
            }
        }
        return [texts, flags].contains { members in
            Ecommpay.code(of: JSON.object(members).ecommpaySignedText, with: secret) == signature
        }
    }
}
