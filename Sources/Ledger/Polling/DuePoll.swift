package import Payments

/// A poll that is due, with the state in which it was read: its answer is judged against that state.
package struct DuePoll: Sendable {
    package let account: String
    package let entity: Entity
    /// The gateway's word for the payment's method, which decides the endpoint to try first.
    package let method: String?
    /// The endpoint that last knew the entity.
    package let endpoint: String?
    /// The row of the entity in the ledger.
    let row: EntityRow
    /// The last callback that had been recorded: a callback recorded after it has overtaken the answer.
    let lastCallback: Int64
    /// The poll request that was pending: the answer serves only this one.
    let requestedAt: Timestamp?
}

extension DuePoll: Identifiable {
    /// Identifies polls in progress: there is never more than one for the same entity.
    package struct ID: Sendable, Hashable {
        let row: EntityRow
    }

    package var id: ID { ID(row: row) }
}

/// What there is to poll at an account's gateway.
package enum NextPoll: Sendable {
    case poll(DuePoll)
    /// Nothing now; the time at which the next poll is due, if any is.
    case nothing(until: Timestamp?)
}
