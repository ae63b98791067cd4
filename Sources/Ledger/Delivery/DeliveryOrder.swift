import Payments

/// What a person, or a program on their behalf, wants to have delivered again, or given up.
package struct DeliveryOrder: Sendable, Equatable {
    package enum Selection: Sendable, Equatable {
        /// Everything that waits, or was given up.
        case undelivered
        /// All callbacks of a payment, delivered or not, in their order.
        case payment(id: String)
        case callback(Int64)
        /// The events from this transition on.
        case fromSeq(Int64)
    }

    /// `nil`: targets of both kinds.
    package var kind: DeliveryTarget.Kind?
    /// The name of the target; `nil`: all that fit.
    package var target: String?
    /// Of a payment whose id is known at several accounts.
    package var account: String?
    package var selection: Selection
    /// Whether what waits is given up without another attempt.
    package var drops: Bool

    package init(
        kind: DeliveryTarget.Kind? = nil,
        target: String? = nil,
        account: String? = nil,
        selection: Selection = .undelivered,
        drops: Bool = false
    ) {
        self.kind = kind
        self.target = target
        self.account = account
        self.selection = selection
        self.drops = drops
    }
}

/// The result of an order, once it is durable.
package struct DeliveryOrderResult: Sendable, Equatable {
    /// How many callbacks are sent again, or were given up.
    package var forwards: Int
    /// The targets concerned, such as `forward eu-shop/shop`.
    package var targets: [String]

    package init(forwards: Int = 0, targets: [String] = []) {
        self.forwards = forwards
        self.targets = targets
    }
}

/// Why an order was not carried out; nothing was changed.
package enum DeliveryOrderError: Error, Equatable {
    /// There is no target at all.
    case noTarget
    case unknownTarget(String, known: [String])
    case unknownPayment(String)
    /// The payment is known at these accounts.
    case severalAccounts([String])
    case unknownCallback(Int64)
    /// The target is of the other kind, or the callback cannot be passed on; the reason is a sentence for the operator.
    case notForTarget(reason: String)
    case notRecorded(RecordingError)
}
