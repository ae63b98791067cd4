import Payments

/// The result of an ecommpay operation in progress and of its payment, in the gateway's words and in ours.
struct EcommpayResult {
    typealias PaymentStanding = (status: String, state: State)

    let operation: PaymentStanding
    let payment: PaymentStanding
    let code: (number: String, message: String)
    var awaits3DSecure = false

    static let challenge = EcommpayResult(
        operation: ("awaiting 3ds result", .pending),
        payment: ("awaiting 3ds result", .pending),
        code: ("9999", "Awaiting processing"),
        awaits3DSecure: true
    )
    /// A direct debit is submitted to the buyer's bank, which takes its time.
    static let submission = EcommpayResult(
        operation: ("awaiting finalization", .pending),
        payment: ("awaiting finalization", .pending),
        code: ("9999", "Awaiting processing")
    )
    static let success = EcommpayResult(
        operation: ("success", .succeeded),
        payment: ("success", .succeeded),
        code: ("0", "Success")
    )
    static let hold = EcommpayResult(
        operation: ("success", .succeeded),
        payment: ("awaiting capture", .authorized),
        code: ("0", "Success")
    )
    static let decline = EcommpayResult(
        operation: ("decline", .failed),
        payment: ("decline", .failed),
        code: ("10105", "Insufficient funds on card")
    )
    static let declineForNow = EcommpayResult(
        operation: ("decline", .failed),
        payment: ("awaiting customer", .pending),
        code: ("10105", "Insufficient funds on card")
    )
    static let expiry = EcommpayResult(
        operation: ("expired", .expired),
        payment: ("expired", .expired),
        code: ("104", "Declined by 3DS check")
    )
}
