import LosslessJSON
import Payments

extension EComCharge {
    /// Answers are not signed: the connection that we opened, to an address of the configuration, is what proves them.
    package func authenticate(_ answer: Answer) throws(AnswerRefusal) -> Authentic {
        switch answer.status {
        case 200: break
        case 404: throw .notFound
        default: throw answer.unexpectedStatus
        }
        let document: Document
        do {
            document = try Document(answer.body)
        } catch {
            throw .undecodable("the body is not JSON")
        }
        guard isOurs(document.root) else { throw .foreign }
        return Authentic(verdict: .valid, form: .basic, keyID: credentials.name, document: document)
    }
}
