import Sandbox
import Testing

@Suite struct RetryScheduleTests {
    /// A generator that always draws the least or the greatest value.
    private struct Extreme: RandomNumberGenerator {
        let word: UInt64

        mutating func next() -> UInt64 { word }
    }

    @Test(arguments: [
        (RetrySchedule.ecommpay, 1, 10_000, 10_000), (.ecommpay, 6, 10_000, 10_000), (.ecommpay, 7, 85_735, 85_735),
        (.ecommpay, 19, 131_303, 131_303), (.ecommpay, 67, 14_193_861, 14_193_861),
        (.ecommpay, 68, 14_400_000, 14_400_000),
        (.ecommpay, 119, 14_400_000, 14_400_000),
        (.transaction, 1, 8000, 66_000), (.transaction, 2, 64_000, 151_000), (.transaction, 15, 29_791_000, 30_255_000),
        (.checkout, 1, 16_000, 74_000), (.checkout, 2, 31_000, 118_000),
        (.subscription, 3, 96_000, 212_000), (.subscription, 25, 390_640_000, 391_394_000),
    ])
    func `pauses are those of the gateways' documents`(
        _ schedule: RetrySchedule,
        _ number: Int,
        _ least: Int,
        _ most: Int
    ) {
        var (low, high) = (Extreme(word: 1), Extreme(word: .max))
        #expect(schedule.pause(before: number, using: &low) == .milliseconds(least))
        #expect(schedule.pause(before: number, using: &high) == .milliseconds(most))
    }

    @Test(arguments: zip(RetrySchedule.allCases, [119, 15, 2, 25]))
    func `a gateway gives up`(_ schedule: RetrySchedule, _ repeats: Int) {
        var chance = SeededGenerator(seed: 1)
        #expect(schedule.pause(before: repeats, using: &chance) != nil)
        #expect(schedule.pause(before: repeats + 1, using: &chance) == nil)
    }

    @Test func `ecommpay repeats for ten days, a card's callback for a day and a half`() {
        var chance = Extreme(word: 1)
        let days = [RetrySchedule.ecommpay, .transaction].map { schedule in
            (1...schedule.repeats).compactMap { schedule.pause(before: $0, using: &chance) }.reduce(.zero, +)
                / Duration.seconds(86_400)
        }
        #expect(days[0].rounded(.down) == 10)
        #expect((days[1] * 24).rounded(.down) == 35)
    }
}
