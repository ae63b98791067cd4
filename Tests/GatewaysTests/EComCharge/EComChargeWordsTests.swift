import Gateways
import Payments
import Testing

@Suite struct EComChargeWordsTests {
    private let shop: EComChargeShop

    init() throws {
        shop = try EComChargeShop()
    }

    static let transactions: [State: [String]] = [
        .pending: ["incomplete", "pending", "initial", "auto_created", "start"],
        .succeeded: ["successful"],
        .failed: ["failed", "error"],
        .cancelled: ["deleted"],
        .expired: ["expired"],
        .unknown: ["teleported", "success", "succeeded", "S.0000", "unknown"],
    ]

    @Test(arguments: transactions)
    func `a transaction's status has its state and keeps its word`(state: State, words: [String]) throws {
        for word in words {
            let body: Body = ["transaction": ["uid": "1", "type": "payment", "status": .string(word)]]
            let report = try shop.report(of: body)
            #expect(report.operations.map(\.status) == [Status(word: word, state: state)])
            #expect(report.payment?.status == nil)
        }
    }

    static let types: [OperationKind: [String]] = [
        .payment: ["payment", "charge", "AFT"],
        .authorization: ["authorization"],
        .capture: ["capture"],
        .void: ["void"],
        .refund: ["refund"],
        .chargeback: ["chargeback"],
        .payout: ["credit", "payout", "OCT"],
        .other: ["p2p", "tokenization", "recipient_tokenization", "checkup", "fraud_advice", "balance"],
        .unknown: ["teleport", "chargeback_reversal"],
    ]

    @Test(arguments: types)
    func `a transaction's type has its kind and is kept`(kind: OperationKind, types: [String]) throws {
        for type in types {
            let body: Body = ["transaction": ["uid": "1", "type": .string(type), "status": "successful"]]
            let operations = try shop.report(of: body).operations
            #expect(operations.map(\.kind) == [kind], "\(type)")
            #expect(operations.map(\.type) == [type])
        }
    }

    static let subscriptions: [State: [String]] = [
        .pending: [
            "pending", "tokenizing", "redirecting", "trial", "trial_processing", "trial_get_status", "getting_status",
            "processing", "notified", "active", "failed_attempt", "rescuing", "error",
        ],
        .failed: ["failed"],
        .cancelled: ["canceled", "cancelled"],
        .expired: ["expired"],
        .unknown: ["successful", "teleported"],
    ]

    @Test(arguments: subscriptions)
    func `a subscription's state is its status`(state: State, words: [String]) throws {
        for word in words {
            let subscription = try shop.report(of: ["id": "sbs_1", "state": .string(word)]).subscription
            #expect(subscription?.status == Status(word: word, state: state), "\(word)")
        }
    }

    @Test func `a request that may be paid many times rests`() throws {
        let report = try shop.report(of: ["transaction": ["uid": "1", "type": "payment", "status": "permanent"]])
        #expect(report.operations.map(\.status) == [Status(word: "permanent", state: .pending, nuance: .resting)])
    }

    static let purposes: [(type: Body, purpose: Purpose?)] = [
        ("payment", .purchase), ("authorization", .purchase), ("charge", .purchase), ("AFT", .purchase),
        ("p2p", .transfer), ("credit", .payout), ("payout", .payout), ("OCT", .payout),
        ("tokenization", .verification), ("recipient_tokenization", .verification), ("checkup", .verification),
        ("fraud_advice", .verification), ("balance", .verification), ("refund", .unknown), ("capture", .unknown),
        ("teleport", .unknown), (nil, nil),
    ]

    @Test(arguments: purposes)
    func `what a payment is for is told by the type of its root`(line: (type: Body, purpose: Purpose?)) throws {
        let body: Body = ["transaction": ["uid": "1", "type": line.type, "status": "successful"]]
        #expect(try shop.report(of: body).payment?.purpose == line.purpose)
    }

    static let standings: [SubscriptionState: [String]] = [
        .trial: ["trial", "trial_processing", "trial_get_status", "getting_status"],
        .active: ["active"],
        .pending: ["pending", "tokenizing", "redirecting", "processing", "notified"],
        .pastDue: ["failed_attempt", "rescuing", "error"],
        .failed: ["failed"],
        .cancelled: ["canceled", "cancelled"],
        .expired: ["expired"],
        .unknown: ["successful", "teleported"],
    ]

    @Test(arguments: standings)
    func `a subscription's state says how it stands`(standing: SubscriptionState, words: [String]) throws {
        for word in words {
            let subscription = try shop.report(of: ["id": "sbs_1", "state": .string(word)]).subscription
            #expect(subscription?.standing == standing, "\(word)")
        }
    }
}
