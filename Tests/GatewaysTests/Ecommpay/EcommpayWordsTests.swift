import Gateways
import Payments
import Testing

@Suite struct EcommpayWordsTests {
    private let account: EcommpayAccount

    init() throws {
        account = try EcommpayAccount()
    }

    static let payments: [State: [String]] = [
        .pending: [
            "processing", "external processing", "scheduled recurring processing", "awaiting 3ds result",
            "awaiting redirect result", "awaiting clarification", "awaiting clarify data", "awaiting customer",
            "awaiting customer action", "awaiting merchant auth", "awaiting approval", "awaiting finalization",
            "awaiting payment", "invoice sent", "awaiting retry", "awaiting clearing", "awaiting partially clearing",
            "clearing processing", "partially paid", "partially paid out", "awaiting_3ds_result", "Processing",
        ],
        .authorized: ["awaiting capture", "awaiting_capture"],
        .succeeded: ["success", "SUCCESS"],
        .failed: ["decline", "error", "internal error", "external error"],
        .cancelled: ["canceled", "cancelled", "invoice cancelled"],
        .expired: ["expired"],
        .partiallyRefunded: ["partially refunded", "partially reversed"],
        .refunded: ["refunded", "reversed"],
        .unknown: ["teleported", "initial", "decline renewal", "success ", "succes", "successful", "0", "partially"],
    ]

    @Test(arguments: payments) func `a payment's status has its state and keeps its word`(state: State, words: [String])
        throws
    {
        for word in words {
            let payment = try account.report(of: .ecommpay(status: word)).payment
            #expect(payment?.status == Status(word: word, state: state), "\(word)")
        }
    }

    static let operations: [State: [String]] = [
        .pending: [
            "processing", "external processing", "awaiting 3ds result", "awaiting redirect result",
            "awaiting clarification", "awaiting customer", "awaiting customer action", "awaiting merchant auth",
            "awaiting approval", "awaiting confirmation", "awaiting finalization", "awaiting payment", "invoice sent",
        ],
        .succeeded: ["success"],
        .failed: ["decline", "error", "internal error", "external error"],
        .cancelled: ["invoice cancelled"],
        .expired: ["expired"],
        .unknown: ["unknown", "awaiting capture", "refunded", "teleported"],
    ]

    @Test(arguments: operations)
    func `an operation's status has its state and keeps its word`(state: State, words: [String]) throws {
        for word in words {
            let body: Body = .ecommpay(operation: ["id": 1, "status": .string(word)])
            #expect(try account.report(of: body).operations.map(\.status) == [Status(word: word, state: state)])
        }
    }

    static let types: [OperationKind: [String]] = [
        .payment: ["sale"],
        .recurring: ["recurring"],
        .authorization: ["auth"],
        .capture: ["capture"],
        .void: ["cancel"],
        .refund: ["refund", "reversal"],
        .refundReversal: ["refund reverse", "refund_reverse"],
        .payout: ["payout"],
        .manualChange: ["manual change"],
        .other: [
            "account verification", "account_verification", "recurring update", "recurring cancel",
            "invoice", "customer action", "payment confirmation", "contract registration", "capture settlement",
            "commission", "create_cash_voucher",
        ],
        .unknown: ["teleport", "sales", "chargeback"],
    ]

    @Test(arguments: types)
    func `an operation's type has its kind and is kept`(kind: OperationKind, types: [String]) throws {
        for type in types {
            let body: Body = .ecommpay(operation: ["id": 1, "status": "success", "type": .string(type)])
            let operations = try account.report(of: body).operations
            #expect(operations.map(\.kind) == [kind], "\(type)")
            #expect(operations.map(\.type) == [type])
        }
    }

    @Test func `an operation without a type may be any`() throws {
        let body: Body = .ecommpay(operation: ["id": 1, "status": "success"])
        #expect(try account.report(of: body).operations.map(\.kind) == [.unknown])
    }

    @Test(arguments: ["awaiting confirmation", "awaiting_confirmation"])
    func `money that was not confirmed yet is told from money under way`(word: String) throws {
        let payment = try account.report(of: .ecommpay(status: word)).payment
        #expect(payment?.status == Status(word: word, state: .pending, nuance: .unconfirmed))
    }

    static let purposes: [(type: Body, purpose: Purpose?)] = [
        ("purchase", .purchase), ("recurring", .purchase), ("invoice", .purchase), ("payout", .payout),
        ("account verification", .verification), ("account_verification", .verification), ("teleport", .unknown),
        ("refund", .unknown), (nil, nil), ("", nil),
    ]

    @Test(arguments: purposes)
    func `what a payment is for is told by its type, in either form`(line: (type: Body, purpose: Purpose?)) throws {
        let payment: Body = ["id": "1", "status": "success"]
        for body in [
            ["payment": payment.with(["type": line.type])], ["payment": payment, "transaction": ["type": line.type]],
        ] as [Body] {
            #expect(try account.report(of: body).payment?.purpose == line.purpose)
        }
    }
}
