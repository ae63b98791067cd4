package import Payments

/// What a ledger holds, in numbers.
package struct LedgerStatistics: Sendable, Equatable {
    /// Requests with an authentic callback.
    package var received = 0
    /// Those whose bytes had been received before.
    package var duplicates = 0
    /// Callbacks by their effect.
    package var effects: [Effect: Int] = [:]
    package var states: [State: Int] = [:]
    package var polls = 0
    /// Changes that polls brought to light.
    package var found = 0
    package var openAlarms = 0
    package var payments: Int { states.values.reduce(0, +) }
}

/// The state of a payment or one of its operations.
package struct PaymentStanding: Sendable, Hashable {
    package let account: String
    package let paymentID: String
    /// `nil` for the payment itself.
    package let operationID: String?
    package let state: State
    /// In minor units; zero for an operation.
    package let refunded: Int64
}

extension LedgerReader {
    package func tally() throws -> LedgerStatistics {
        try reader.read { statements in
            var tally = LedgerStatistics()
            let effects = try statements.rows(
                "SELECT effect, count(*), sum(deliveries) FROM callback GROUP BY effect"
            )
            for row in effects {
                let (word, count, deliveries): (String, Int, Int) = (row[0], row[1], row[2])
                tally.received += deliveries
                tally.duplicates += deliveries - count
                if let effect = Effect(rawValue: word) { tally.effects[effect] = count }
            }
            let states = try statements.rows(
                "SELECT state, count(*) FROM payment WHERE merged_into IS NULL GROUP BY state"
            )
            for row in states { tally.states[try State(stored: row[0])] = row[1] }
            tally.polls = Int(try statements.number("SELECT count(*) FROM poll") ?? 0)
            tally.found = Int(try statements.number("SELECT count(*) FROM transition WHERE source = 'poll'") ?? 0)
            tally.openAlarms = Int(
                try statements.number("SELECT count(*) FROM anomaly WHERE severity = 'alarm' AND closed_at IS NULL")
                    ?? 0
            )
            return tally
        }
    }

    /// The state of every payment and operation.
    package func standings() throws -> [PaymentStanding] {
        try reader.read { statements in
            try statements.rows(
                """
                SELECT account, payment_id, NULL, state, refunded_minor FROM payments
                UNION ALL SELECT account, payment_id, operation_id, state, 0 FROM operations
                """
            ).map(PaymentStanding.init)
        }
    }

    /// The state of every payment and operation according to the transitions alone: the last one determines it.
    package func foldOfTransitions() throws -> [PaymentStanding] {
        try reader.read { statements in
            try statements.rows(
                """
                SELECT account, payment_id, operation_id, to_state, coalesce(refunded_minor, 0) FROM transitions
                WHERE seq IN (SELECT max(seq) FROM transition WHERE payment IS NOT NULL GROUP BY payment, operation_id)
                """
            ).map(PaymentStanding.init)
        }
    }
}

extension PaymentStanding {
    fileprivate init(_ row: Row) throws {
        self.init(
            account: row[0],
            paymentID: row[1],
            operationID: row[2],
            state: try State(stored: row[3]),
            refunded: row[4]
        )
    }
}
