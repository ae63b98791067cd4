import Ledger
import Payments

/// The body of a request, as the daemon reads it.
extension InstructionRequest: Encodable {
    private enum CodingKeys: String, CodingKey {
        case account
        case paymentID = "payment_id"
        case uid
        case token
        case subscriptionID = "subscription_id"
        case reference
        case amount = "amount_minor"
        case currency
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(account, forKey: .account)
        switch name {
        case .paymentID(let id): try container.encode(id, forKey: .paymentID)
        case .uid(let id): try container.encode(id, forKey: .uid)
        case .token(let id): try container.encode(id, forKey: .token)
        case .subscriptionID(let id): try container.encode(id, forKey: .subscriptionID)
        }
        guard case .watch(let expectation) = command else { return }
        try container.encodeIfPresent(expectation.reference, forKey: .reference)
        try container.encodeIfPresent(expectation.amount, forKey: .amount)
        try container.encodeIfPresent(expectation.currency, forKey: .currency)
    }
}
