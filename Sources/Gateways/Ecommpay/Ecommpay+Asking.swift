package import Payments

extension Ecommpay {
    /// Only payments can be asked about; their operations are in the answer.
    package func questions(about entity: Entity, method: String?, remembered: String?) -> [Question] {
        switch entity {
        case .payment(let id): id.isEmpty ? [] : [question(about: id)]
        case .operation, .checkout, .subscription: []
        }
    }

    /// The signed text is that of a callback: a line for each scalar, nothing escaped.
    private func question(about paymentID: String) -> Question {
        let code = signingKey.code(of: Array("general:payment_id:\(paymentID);general:project_id:\(projectID)".utf8))
        let general = #"{"project_id":\#(projectID),"payment_id":\#(paymentID.jsonString),"signature":"\#(code)"}"#
        return Question(
            endpoint: "payment/status",
            method: .post,
            url: api.url("v2/payment/status"),
            headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
            body: Array(#"{"general":\#(general)}"#.utf8)
        )
    }
}
