package import Payments

extension Gateway {
    /// What an answer comes to: the HTTP status first, then the same steps as for a callback, then whether it is about whom
    /// we asked.
    package func read(_ answer: Answer, about entity: Entity) -> Reading {
        switch answer.status {
        case 401, 403: .unauthorized
        case 408: .unavailable
        case 429: .rateLimited
        case 200..<300, 400..<500: readBody(of: answer, about: entity)
        default: .unavailable
        }
    }

    private func readBody(of answer: Answer, about entity: Entity) -> Reading {
        do {
            return try decode(authenticate(answer)).reading(about: entity)
        } catch let refusal as AnswerRefusal {
            return Reading(refusal)
        } catch {
            return .undecodable("\(error)")
        }
    }
}
