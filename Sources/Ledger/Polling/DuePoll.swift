package import Payments

/// A question whose time has come, as things stood when it was read: what its answer is judged against.
package struct DuePoll: Sendable {
    package let account: String
    package let entity: Entity
    /// The gateway's word for the payment's method, which tells where to ask first.
    package let method: String?
    /// The endpoint that knew it the last time.
    package let endpoint: String?
    /// Where in the ledger its entity is.
    let place: Place
    /// The last callback that had been recorded: one that is recorded after it has overtaken the answer.
    let lastCallback: Int64
    /// The wish that stood: only this one is served.
    let requestedAt: Timestamp?

    /// The row of an entity.
    enum Place: Sendable, Hashable {
        case payment(Int64)
        case operation(id: String, payment: Int64)
        case checkout(Int64)
        case subscription(Int64)
    }
}

extension DuePoll: Identifiable {
    /// Tells questions under way apart: there is never more than one about the same thing.
    package struct ID: Sendable, Hashable {
        let place: Place
    }

    package var id: ID { ID(place: place) }
}

/// What there is to ask an account's gateway.
package enum NextPoll: Sendable {
    case poll(DuePoll)
    /// Nothing now; when the next question is due, if any is.
    case nothing(until: Timestamp?)
}
