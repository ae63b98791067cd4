package import Ledger
import Payments

/// What came of acknowledging an anomaly: the JSON of the answer to `POST /v1/acknowledge`.
package struct AcknowledgementAnswer: Codable, Sendable, Equatable {
    /// The number of the instruction: its evidence is `operator:N`.
    package let instruction: Int64
    package let anomaly: Int64
    package let kind: String
    package let account: String
    /// `nil` where the anomaly is about no payment.
    package let paymentID: String?

    private enum CodingKeys: String, CodingKey {
        case instruction
        case anomaly
        case kind
        case account
        case paymentID = "payment_id"
    }

    package init(anomaly: Int64, _ acknowledged: AcknowledgementResult) {
        instruction = acknowledged.instruction
        self.anomaly = anomaly
        kind = acknowledged.kind.rawValue
        account = acknowledged.account
        paymentID = acknowledged.paymentID
    }

    /// Says null where there is nothing, as the views do, rather than leave the key out.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(instruction, forKey: .instruction)
        try container.encode(anomaly, forKey: .anomaly)
        try container.encode(kind, forKey: .kind)
        try container.encode(account, forKey: .account)
        try container.encode(paymentID, forKey: .paymentID)
    }
}
