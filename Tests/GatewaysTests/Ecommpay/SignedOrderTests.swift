import Gateways
import TestSupport
import Testing

/// The order of the signed lines, against lines that are sorted as a whole.
@Suite struct SignedOrderTests {
    private static let keys = [
        "a", "b", "aa", "ab", "a:", "a:a", ":", "::", "a-", "a_", "A", "é", "a1", "a9", "a10", "9", "10", "a/", "a;",
        "", "\\", "a\"b",
    ]

    @Test func `a body of any keys is authentic when its lines are signed in the byte order of their paths`() throws {
        let account = try EcommpayAccount()
        var chance = SplitMix(seed: 14)
        for _ in 0..<2000 {
            let body = Self.object(depth: 0, using: &chance)
            let signed = EcommpayAccount.signed(body)
            #expect(throws: Never.self, "\(signed.text)") {
                try account.gateway.authenticate(Callback(body: signed.bytes))
            }
        }
    }

    private static func object(depth: Int, using chance: inout SplitMix) -> Body {
        let keys = keys.shuffled(using: &chance).prefix(Int.random(in: 1...8, using: &chance))
        return .object(keys.map { .init(key: $0, value: value(depth: depth + 1, using: &chance)) })
    }

    private static func value(depth: Int, using chance: inout SplitMix) -> Body {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 4), using: &chance) {
        case 0: .bool(Bool.random(using: &chance))
        case 1: .number("1.50")
        case 2: .null
        case 3: .string(["", "x", ":", ";a:b"].randomElement(using: &chance) ?? "")
        case 4:
            .array((0..<Int.random(in: 0...12, using: &chance)).map { _ in value(depth: depth + 2, using: &chance) })
        default: object(depth: depth, using: &chance)
        }
    }
}
