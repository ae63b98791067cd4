import Payments

/// A payment as ecommpay keeps it.
struct EcommpayPayment: Sendable {
    struct Operation: Sendable {
        let id: Int64
        let type: String
        var status: String
        var state: State
        let amount: Int64
        let createdAt: Timestamp
        var date: Timestamp
        var code: String
        var message: String
        let requestID: String
        var awaits3DSecure = false

        var givesBack: Bool { type == "refund" || type == "reversal" }
    }

    let projectID: Int64
    let order: Order
    var status = "processing"
    var state = State.unknown
    var date: Timestamp
    /// Taken from the buyer, and given back, in minor units.
    var captured: Int64 = 0
    var refunded: Int64 = 0
    var mayTryAgain = false
    var operations: [Operation] = []

    init(projectID: Int64, order: Order, at now: Timestamp) {
        self.projectID = projectID
        self.order = order
        date = now
    }

    /// The attempt to pay that is in progress, if any.
    var current: Int? { operations.lastIndex { $0.state == .pending && !$0.givesBack } }

    /// The refund that is in progress, if any.
    var pendingRefund: Int? { operations.lastIndex { $0.state == .pending && $0.givesBack } }

    /// What the gateway states as the payment's sum.
    var statedSum: Int64 { order.sumIsBalance && captured > 0 ? captured - refunded : order.total }

    /// Concludes the operation in progress, and the payment with it.
    mutating func conclude(_ index: Int, _ result: EcommpayResult, at now: Timestamp) {
        (operations[index].status, operations[index].state) = result.operation
        (operations[index].code, operations[index].message) = result.code
        operations[index].date = now
        operations[index].awaits3DSecure = result.awaits3DSecure
        (status, state) = result.payment
        captured = state == .succeeded ? order.total : 0
        date = now
        mayTryAgain = false
    }

    /// Concludes the refund in progress; the payment gets back its earlier status, or one that reflects the refund.
    mutating func concludeRefund(_ index: Int, _ result: EcommpayResult, at now: Timestamp) {
        (operations[index].status, operations[index].state) = result.operation
        (operations[index].code, operations[index].message) = result.code
        operations[index].date = now
        date = now
        if operations[index].state == .succeeded {
            countRefund(of: operations[index].amount, "refunded")
        } else {
            status = state == .succeeded ? "success" : "partially refunded"
        }
    }

    /// - Parameter word: the payment's status when everything is given back.
    mutating func countRefund(of amount: Int64, _ word: String) {
        refunded += amount
        (status, state) = refunded == captured ? (word, .refunded) : ("partially \(word)", .partiallyRefunded)
    }

    /// Adds an operation to a payment that was made: it is complete at once, or stays in progress.
    mutating func add(
        _ type: String,
        _ amount: Int64,
        _ operation: State = .succeeded,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) {
        operations.append(Self.operation(type, amount, operation, at: now, by: &chance))
        date = now
    }

    /// ecommpay numbers operations with up to 16 digits.
    static func operation(
        _ type: String,
        _ amount: Int64,
        _ state: State,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) -> Operation {
        Operation(
            id: Int64.random(in: 5_000_000_000_000_000...5_999_999_999_999_999, using: &chance),
            type: type,
            status: state == .pending ? "processing" : "success",
            state: state,
            amount: amount,
            createdAt: now,
            date: now,
            code: state == .pending ? "9999" : "0",
            message: state == .pending ? "Awaiting processing" : "Success",
            requestID: "\(chance.hexadecimal(40))-\(chance.hexadecimal(40))-00000001"
        )
    }
}
