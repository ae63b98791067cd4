import Payments

/// A payment as ecommpay keeps it.
struct EcommpayPayment: Sendable {
    struct Operation: Sendable {
        let id: Int64
        let type: String
        var status: String
        var state: State
        let amount: Int64
        let createdAt: Moment
        var date: Moment
        var code: String
        var message: String
        let requestID: String
        var awaits3DSecure = false
    }

    let projectID: Int64
    let order: Order
    var status = "processing"
    var state = State.unknown
    var date: Moment
    var refunded: Int64 = 0
    var mayTryAgain = false
    var operations: [Operation] = []

    init(projectID: Int64, order: Order, at now: Moment) {
        self.projectID = projectID
        self.order = order
        date = now
    }

    /// The operation under way, if one is.
    var current: Int? { operations.lastIndex { $0.state == .pending } }

    /// Lets the operation under way come to something, and the payment with it.
    mutating func conclude(_ index: Int, _ result: EcommpayResult, at now: Moment) {
        (operations[index].status, operations[index].state) = result.operation
        (operations[index].code, operations[index].message) = result.code
        operations[index].date = now
        operations[index].awaits3DSecure = result.awaits3DSecure
        (status, state) = result.payment
        date = now
        mayTryAgain = false
    }

    /// Adds an operation that is done at once.
    mutating func add(
        _ type: String,
        _ amount: Int64,
        payment: String,
        _ state: State,
        at now: Moment,
        by chance: inout Chance
    ) {
        operations.append(Self.operation(type, amount, .succeeded, at: now, by: &chance))
        self.status = payment
        self.state = state
        date = now
    }

    /// ecommpay numbers operations with up to 16 digits.
    static func operation(
        _ type: String,
        _ amount: Int64,
        _ state: State,
        at now: Moment,
        by chance: inout Chance
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
