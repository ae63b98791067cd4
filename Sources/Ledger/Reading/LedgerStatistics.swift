import GRDB
package import Payments

/// What a ledger holds, in numbers.
package struct LedgerStatistics: Sendable, Equatable {
    /// Requests with an authentic callback.
    package var received = 0
    /// Those of them whose bytes had come before.
    package var duplicates = 0
    /// Callbacks by what they did.
    package var effects: [Effect: Int] = [:]
    package var states: [State: Int] = [:]
    package var questions = 0
    /// Changes that a question brought to light.
    package var found = 0
    package var openAlarms = 0
    package var payments: Int { states.values.reduce(0, +) }
}

/// How a payment or one of its operations stands.
package struct PaymentStanding: Sendable, Hashable {
    package let account: String
    package let paymentID: String
    /// `nil`: the payment itself.
    package let operationID: String?
    package let state: State
    /// In minor units; of a payment.
    package let refunded: Int64
}

extension LedgerReader {
    package func tally() throws -> LedgerStatistics {
        try read { database in
            var tally = LedgerStatistics()
            let effects = try Row.fetchCursor(
                database,
                sql: "SELECT effect, count(*), sum(deliveries) FROM callback GROUP BY effect"
            )
            while let row = try effects.next() {
                let word: String = row[0]
                let count: Int = row[1]
                let deliveries: Int = row[2]
                tally.received += deliveries
                tally.duplicates += deliveries - count
                if let effect = Effect(rawValue: word) { tally.effects[effect] = count }
            }
            let states = try Row.fetchCursor(
                database,
                sql: "SELECT state, count(*) FROM payment WHERE merged_into IS NULL GROUP BY state"
            )
            while let row = try states.next() { tally.states[try State(stored: row[0])] = row[1] }
            tally.questions = try Int.fetchOne(database, sql: "SELECT count(*) FROM poll") ?? 0
            tally.found = try Int.fetchOne(database, sql: "SELECT count(*) FROM transition WHERE source = 'poll'") ?? 0
            tally.openAlarms =
                try Int.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM anomaly WHERE severity = 'alarm' AND closed_at IS NULL"
                ) ?? 0
            return tally
        }
    }

    /// How every payment and operation stands.
    package func standings() throws -> [PaymentStanding] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT account, payment_id, NULL, state, refunded_minor FROM payments
                    UNION ALL SELECT account, payment_id, operation_id, state, 0 FROM operations
                    """
            ).map { row in
                PaymentStanding(
                    account: row[0],
                    paymentID: row[1],
                    operationID: row[2],
                    state: try State(stored: row[3]),
                    refunded: row[4]
                )
            }
        }
    }

    /// How every payment stands according to its transitions alone: the last one says it.
    package func foldOfTransitions() throws -> [PaymentStanding] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT account, payment_id, operation_id, to_state, coalesce(refunded_minor, 0) FROM transitions
                    WHERE seq IN (SELECT max(seq) FROM transition WHERE payment IS NOT NULL GROUP BY payment, operation_id)
                    """
            ).map { row in
                PaymentStanding(
                    account: row[0],
                    paymentID: row[1],
                    operationID: row[2],
                    state: try State(stored: row[3]),
                    refunded: row[4]
                )
            }
        }
    }
}
