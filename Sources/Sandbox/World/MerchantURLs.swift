import Foundation

/// The addresses that a merchant names in its request for a payment.
struct MerchantURLs: Sendable, Equatable {
    /// Where callbacks are posted, in place of the account's address.
    var callbacks: String?
    /// Where the buyer's browser goes after a payment, a decline, a technical failure, and without any of them.
    var success: String?
    var decline: String?
    var failure: String?
    var cancel: String?
    /// Where it goes if none of these is given.
    var back: String?

    /// Where the buyer's browser goes after a choice on the gateway's page; nil if the merchant did not say.
    func address(after choice: BuyerChoice) -> String? {
        switch choice {
        case .pay: success ?? back
        case .decline: decline ?? failure ?? back
        case .leave: cancel ?? back
        }
    }

    /// Whether a text is an address that a browser or a callback may be sent to: http or https, with a host, and
    /// without characters that a header could not carry.
    static func isUsable(_ text: String) -> Bool {
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let url = URL(string: text), let scheme = url.scheme?.lowercased(), let host = url.host()
        else { return false }
        return ["http", "https"].contains(scheme) && !host.isEmpty
    }
}
