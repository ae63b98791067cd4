import LosslessJSON
import Payments

extension Ecommpay {
    /// Checks the signature inside the body, over the same single parse that will be decoded.
    package func authenticate(_ callback: Callback) throws(Rejection) -> Authentic {
        try authenticate(parsed(callback.body))
    }

    /// The signature is inside the body.
    package var forwardedAuthorization: String? { nil }

    func authenticate(_ document: Document) throws(Rejection) -> Authentic {
        guard let code = Self.code(in: document.root) else { throw .forged }
        guard let lines = SignedLines(of: document) else { throw .forged }
        guard let proof = proof(of: lines, code: code) else { throw .forged }
        guard isOurs(document.root) else { throw .foreign }
        return Authentic(
            verdict: Self.isAmbiguous(document.root, signedAs: lines) ? .ambiguous : .valid,
            form: proof.order.form,
            keyID: proof.key.name,
            document: document
        )
    }

    private func parsed(_ body: [UInt8]) throws(Rejection) -> Document {
        do {
            return try Document(body, allowing: .byteOrderMark)
        } catch {
            throw .malformed(error)
        }
    }

    /// The authentication code in one of the two places of the body that are its own: the root, else `general`. A key
    /// of the same name anywhere else belongs to something else (a 3-D Secure request, for one).
    private static func code(in root: Value) -> [UInt8]? {
        guard let signature = root["signature"] ?? root["general"]?["signature"], signature.kind == .string else {
            return nil
        }
        let code = signature.scalar.flatMap { $0.withBytes { [UInt8](base64InAnySpelling: $0) } }
        return code?.count == SigningKey.codeLength ? code : nil
    }

    /// The order of lines and the key that together yield the code.
    ///
    /// The documentation says no more than "alphabetically", and the gateway's own libraries disagree in corner cases,
    /// so each order is tried. Each is still a code under the secret, so trying several proves no less.
    private func proof(of lines: SignedLines, code: [UInt8]) -> (order: SignedLines.Order, key: SigningKey)? {
        var tried: [[UInt8]] = []
        for order in SignedLines.Order.allCases {
            let text = lines.text(in: order)
            guard !tried.contains(text) else { continue }
            if let key = keys.first(where: { $0.verifies(code, of: text) }) {
                return (order, key)
            }
            tried.append(text)
        }
        return nil
    }

    /// Whether each project that the body names is the account's. The signature does not distinguish a string from a
    /// number, so either is accepted, but nothing else.
    private func isOurs(_ root: Value) -> Bool {
        [root["project_id"], root["general"]?["project_id"]].allSatisfy { place in
            guard let place else { return true }
            guard let project = place.scalar else { return false }
            return project == projectID
        }
    }
}
