import LosslessJSON
package import Payments

extension Ecommpay {
    /// Only payments can be polled; their operations are in the answer.
    package func statusRequests(about entity: Entity, method: String?, remembered: String?) -> [StatusRequest] {
        switch entity {
        case .payment(let id): id.isEmpty ? [] : [statusRequest(about: id)]
        case .operation, .checkout, .subscription: []
        }
    }

    /// Signs the same text form as a callback's: a line for each scalar, nothing escaped.
    private func statusRequest(about paymentID: String) -> StatusRequest {
        let code = signingKey.code(of: Array("general:payment_id:\(paymentID);general:project_id:\(projectID)".utf8))
        let id = JSONWriter.string(paymentID)
        let general = #"{"project_id":\#(projectID),"payment_id":\#(id),"signature":"\#(code)"}"#
        return StatusRequest(
            endpoint: "payment/status",
            method: .post,
            url: api.url("v2/payment/status"),
            headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
            body: Array(#"{"general":\#(general)}"#.utf8)
        )
    }
}

extension Ecommpay {
    /// Authenticates a response, which is signed as a callback is. But "not found" is believed without a signature,
    /// because it moves nothing.
    ///
    /// The verdict is never ambiguous: the response came over our own connection for the very payment that we named,
    /// and there is nothing better to ask. A key may be repeated: each of its members has its lines in the signed text.
    package func authenticate(_ response: StatusResponse) throws(StatusResult) -> Authentic {
        let document = try response.document()
        guard !saysNotFound(document.root) else { throw .notFound }
        switch response.status {
        case 200: break
        case 400 where codes(in: document.root).contains(where: { $0 == "3261" || $0 == "3262" }): throw .unauthorized
        default: throw response.unexpectedStatus
        }
        let proved: Authentic
        do {
            proved = try authenticate(document)
        } catch {
            switch error {
            case .foreign: throw .foreign
            case .forged, .unauthenticated, .malformed: throw .undecodable("the signature is missing or wrong")
            }
        }
        return Authentic(verdict: .valid, form: proved.form, keyID: proved.keyID, document: document)
    }

    /// Whether the body has code 3061, "transaction not found". With any payment status except `error`, the code would
    /// be about something else.
    private func saysNotFound(_ root: Value) -> Bool {
        guard codes(in: root).contains(where: { $0 == "3061" }) else { return false }
        guard let status = root["payment"]?["status"], !status.isNull else { return true }
        return status.text?.lowercased() == "error"
    }

    /// The codes of errors in the request itself.
    private func codes(in root: Value) -> [Text] {
        let errors = root["errors"].map { Array($0.elements) } ?? []
        return ([root] + errors).compactMap { $0["code"]?.scalar }
    }
}

extension String {
    /// The text as a JSON string; only characters that must be escaped are (RFC 8259, section 7).
    var jsonString: String {
        var json = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\":
                json += "\\"
                json.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default:
                json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
