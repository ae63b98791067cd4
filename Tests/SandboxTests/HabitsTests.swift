import LosslessJSON
import Sandbox
import Testing

/// The sandbox varies from payment to payment where the real gateways do.
@Suite struct HabitsTests {
    @Test func `ecommpay's sum is the balance of some payments, and stays in others`() throws {
        var simulation = try Simulation { $0.lives = [.partlyRefunded: 1, .captured: 1] }
        try simulation.live(making: 20)
        var kinds: Set<String> = []
        let groundTruth = simulation.world.groundTruth().payments.filter { $0.account == "sandbox-ecommpay" }
        for body in try simulation.bodies.map({ try JSON(reading: $0) }) {
            guard let payment = groundTruth.first(where: { $0.id == body["payment"]?["id"]?.string }),
                let sum = Self.number(body["payment"]?["sum"]?["amount"]), let type = body["operation"]?["type"]?.string
            else { continue }
            #expect(sum <= payment.amount)
            kinds.insert("\(type) \(sum < payment.amount ? "lowers" : "keeps") the sum")
        }
        for type in ["refund", "capture"] {
            #expect(kinds.isSuperset(of: ["\(type) keeps the sum", "\(type) lowers the sum"]))
        }
        #expect(!kinds.contains("sale lowers the sum") && !kinds.contains("auth lowers the sum"))
    }

    @Test func `while a refund of ecommpay runs its payment is processing, and then what came of it`() throws {
        var simulation = try Simulation { $0.lives = [.refunded: 1] }
        try simulation.live(making: 20)
        let words = Set(
            try simulation.bodies.map { try JSON(reading: $0) }.filter { $0["operation"]?["type"]?.string == "refund" }
                .compactMap { body in
                    guard let operation = body["operation"]?["status"]?.string,
                        let payment = body["payment"]?["status"]?.string
                    else { return nil as String? }
                    return "\(operation): \(payment)"
                }
        )
        #expect(words == ["processing: processing", "success: refunded", "decline: success"])
    }

    @Test func `a direct debit is submitted to the buyer's bank`() throws {
        var simulation = try Simulation { $0.lives = [.paid: 1] }
        try simulation.live(making: 20)
        let words = try simulation.bodies.map { try JSON(reading: $0)["payment"]?["status"]?.string }
        #expect(words.contains("awaiting finalization"))
        #expect(words.contains("awaiting 3ds result"))
    }

    @Test func `a bill says until when it may be paid, and a token expires when it said it would`() throws {
        var simulation = try Simulation { $0.lives = [.lateSuccess: 1, .abandoned: 1] }
        try simulation.live(making: 20)
        let bodies = try simulation.bodies.map { try JSON(reading: $0) }
        let bills = bodies.compactMap { $0["transaction"] }.filter { $0["erip"] != nil }
        #expect(!bills.isEmpty)
        #expect(bills.allSatisfy { ($0["expired_at"]?.string ?? "") > ($0["created_at"]?.string ?? "~") })
        let tokens = bodies.filter { $0["expired"] == true }
        #expect(!tokens.isEmpty)
        for token in tokens {
            let created = token["payment_method"]?["created_at"]?.string
            #expect(try #require(created) < token["order"]?["expired_at"]?.string ?? "")
        }
    }

    @Test(arguments: [0.0, 1.0])
    func `what moves all there is may name no amount`(_ probability: Double) throws {
        var simulation = try Simulation {
            $0.lives = [.refunded: 1, .captured: 1, .cancelled: 1, .chargedBack: 1]
            $0.misbehaviour.omitAmounts = probability
        }
        try simulation.live(making: 20)
        let children = try simulation.bodies.compactMap { try JSON(reading: $0)["transaction"] }
            .filter { $0["parent_uid"]?.string != nil }
        let silent = children.filter { $0["amount"] == nil }
        #expect(silent.isEmpty == (probability == 0))
        #expect(silent.allSatisfy { child in child["type"]?.string.map { child[$0]?["amount"] == nil } ?? false })
        let operations = simulation.world.groundTruth().payments.flatMap(\.operations)
        #expect(operations.contains { $0.amount == nil } == (probability > 0))
    }

    private static func number(_ value: JSON?) -> Int64? {
        guard case .number(let digits) = value else { return nil }
        return Int64(digits)
    }
}
