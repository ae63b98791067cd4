import Payments

/// Why a page cannot be shown, for the person in front of it.
struct PageProblem: Error {
    let status: Int
    let message: String
}

/// A gateway's answer to a buyer's browser.
enum PageAnswer: Sendable {
    case page(PaymentPage)
    /// Back to the shop.
    case redirect(to: String)
}

/// The page on which a buyer pays, in plain HTML: its form posts to the page's own address.
struct PaymentPage: Sendable {
    /// The HTTP status that it is answered with.
    let status: Int
    private let heading: String
    private let lines: [String]
    private let choices: [BuyerChoice]
    /// Where a link leads back to the shop.
    private let back: String?

    /// The page before the buyer has chosen.
    ///
    /// - Parameter obstacle: why it cannot be paid now; nil if it can.
    init(_ order: Order, obstacle: String?) {
        status = 200
        heading = "\(Self.money(order.total, order.currency)) · \(order.reference)"
        lines = [order.description] + (obstacle.map { ["It cannot be paid: \($0)."] } ?? [])
        choices = obstacle == nil ? BuyerChoice.allCases : []
        back = obstacle == nil ? nil : order.urls.address(after: .leave)
    }

    /// The page after a choice, if the shop named no address to return to.
    init(_ order: Order, after choice: BuyerChoice) {
        status = 200
        heading = "\(Self.money(order.total, order.currency)) · \(order.reference)"
        let result =
            switch choice {
            case .pay: order.isHold ? "The money is held." : "It is paid."
            case .decline: "The payment was declined."
            case .leave: "Nothing was paid."
            }
        lines = [result, "The shop named no address to return to."]
        choices = []
        back = nil
    }

    init(_ problem: PageProblem) {
        status = problem.status
        heading = "This page cannot be shown"
        lines = [problem.message]
        choices = []
        back = nil
    }

    var html: String {
        let text = lines.map { "<p>\(Self.escaped($0))</p>\n" }.joined()
        let buttons = choices.map { "<button name=\"choice\" value=\"\($0.rawValue)\">\($0.label)</button>\n" }.joined()
        let form = choices.isEmpty ? "" : "<form method=\"post\">\n\(buttons)</form>\n"
        let link = back.map { "<p><a href=\"\(Self.escaped($0))\">Back to the shop</a></p>\n" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Sandbox payment page</title>
            <h1>\(Self.escaped(heading))</h1>
            \(text)\(form)\(link)<p><small>A page of the Paystate sandbox. No money moves.</small></p>
            </html>

            """
    }

    private static func money(_ minor: Int64, _ currency: String) -> String {
        guard let exponent = Currency.exponents[currency], exponent > 0 else { return "\(minor) \(currency)" }
        let digits = String(minor)
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        return "\(padded.dropLast(exponent)).\(padded.suffix(exponent)) \(currency)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
