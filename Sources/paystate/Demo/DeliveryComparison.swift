package import Ledger
import Payments
package import Sandbox

/// Compares the ledger with what the shop's plugin was sent: whether every callback was passed on, in the order of its
/// payment, and whether the events tell the state of every payment.
package struct DeliveryComparison: Sendable {
    /// The callbacks that the ledger holds, and how many of them the plugin took.
    package let callbacks: Int
    package let passedOn: Int
    /// The events that the plugin took.
    package let events: Int
    package let backlog: DeliveryBacklog
    /// What is wrong, in words.
    package let differences: [String]

    /// - Parameters:
    ///   - orders: what the plugin remembers.
    ///   - events: how many events it took.
    ///   - tally: of the ledger, as the backlog and the standings are.
    package init(
        _ orders: [PluginOrder],
        events: Int,
        against tally: LedgerStatistics,
        _ backlog: DeliveryBacklog,
        _ standings: [PaymentStanding]
    ) {
        var known: [Key: PluginOrder] = [:]
        for order in orders { known[Key(account: order.account, payment: order.paymentID)] = order }
        callbacks = tally.received - tally.duplicates
        passedOn = orders.reduce(0) { $0 + $1.callbacks.count }
        self.events = events
        self.backlog = backlog
        var differences: [String] = []
        if passedOn != callbacks { differences.append("\(passedOn) of \(callbacks) callbacks were passed on") }
        if backlog.waiting > 0 { differences.append("\(backlog.waiting) callbacks wait to be passed on") }
        if backlog.gaveUp > 0 { differences.append("\(backlog.gaveUp) callbacks were given up") }
        if backlog.behind > 0 { differences.append("the events are \(backlog.behind) transitions behind") }
        for standing in standings where standing.operationID == nil {
            let order = known[Key(account: standing.account, payment: standing.paymentID)]
            if order?.isInOrder == false {
                differences.append("\(standing.paymentID): a callback was passed on after a later one")
            }
            if standing.state != .unknown, order?.state != standing.state.rawValue {
                let state = standing.state.rawValue
                differences.append(
                    "\(standing.paymentID): \(order?.state ?? "nothing") by the events, \(state) in the ledger"
                )
            }
        }
        self.differences = differences
    }

    private struct Key: Hashable {
        let account: String
        let payment: String
    }
}

/// What is still to be delivered, to all targets together.
package struct DeliveryBacklog: Sendable, Equatable {
    /// Callbacks that wait to be passed on, and those that were given up.
    package var waiting: Int64 = 0
    package var gaveUp: Int64 = 0
    /// Transitions that were recorded since the last event.
    package var behind: Int64 = 0

    /// - Parameter targets: rows of the view `targets`.
    package init(_ targets: [ViewRow]) {
        for target in targets {
            waiting = waiting.addingSaturated(target.number("waiting"))
            gaveUp = gaveUp.addingSaturated(target.number("gave_up"))
            behind = behind.addingSaturated(target.number("behind"))
        }
    }
}

extension ViewRow {
    /// The number in a column; 0 if it is NULL.
    fileprivate func number(_ column: String) -> Int64 {
        guard case .integer(let number) = self[column] else { return 0 }
        return number
    }
}
