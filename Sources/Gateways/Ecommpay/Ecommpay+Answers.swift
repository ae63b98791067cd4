import LosslessJSON
import Payments

extension Ecommpay {
    /// An answer is signed as a callback is. But «not found» is believed without a signature, because it moves nothing.
    ///
    /// It is never ambiguous: it came over our own connection for the very payment that we named, and there is nothing
    /// better to ask. A key may be repeated: each of its members has its lines in the signed text.
    package func authenticate(_ answer: Answer) throws(AnswerRefusal) -> Authentic {
        let document = try answer.document()
        guard !saysNotFound(document.root) else { throw .notFound }
        switch answer.status {
        case 200: break
        case 400 where codes(in: document.root).contains(where: { $0 == "3261" || $0 == "3262" }): throw .unauthorized
        default: throw answer.unexpectedStatus
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

    /// Whether the body gives code 3061, «transaction not found». Beside any status of a payment but `error` it would be
    /// about something else.
    private func saysNotFound(_ root: Value) -> Bool {
        guard codes(in: root).contains(where: { $0 == "3061" }) else { return false }
        guard let status = root["payment"]?["status"], !status.isNull else { return true }
        return status.text?.lowercased() == "error"
    }

    /// The codes of what is wrong with the request itself.
    private func codes(in root: Value) -> [Text] {
        let errors = root["errors"].map { Array($0.elements) } ?? []
        return ([root] + errors).compactMap { $0["code"]?.scalar }
    }
}
