import LosslessJSON
import Payments

extension EComCharge {
    /// Answers are not signed: the connection that we opened, to an address of the configuration, is what proves them.
    package func authenticate(_ answer: Answer) throws(AnswerRefusal) -> Authentic {
        guard answer.status != 404 else { throw .notFound }
        guard answer.isSuccess else { throw answer.unexpectedStatus }
        let document = try answer.document()
        guard answer.status == 200 else { throw answer.unexpectedStatus }
        guard isOurs(document.root) else { throw .foreign }
        return Authentic(verdict: .valid, form: .basic, keyID: credentials.name, document: document)
    }
}
