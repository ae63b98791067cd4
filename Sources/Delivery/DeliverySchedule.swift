package import Ledger
package import Payments

/// When a delivery that failed is tried again, and when it is given up.
///
/// The last attempt falls at the time of giving up rather than past it. Nothing is given up after few attempts.
package struct DeliverySchedule: Sendable, Equatable {
    /// Before each further attempt; the last one repeats.
    private static let pauses: [Duration] = [
        .seconds(2), .seconds(10), .seconds(60), .seconds(300), .seconds(900), .seconds(3600),
    ]
    /// No attempt is planned for later, so what is dates from a clock that ran ahead.
    package static let longestPause = Duration.seconds(3600 + 720)

    /// From the first attempt.
    private let giveUpAfter: Duration

    package init(giveUpAfter: Duration) {
        self.giveUpAfter = giveUpAfter
    }

    /// What follows from an answer.
    ///
    /// - Parameters:
    ///   - attempts: made before this one.
    ///   - firstAttemptAt: `nil` if this was the first.
    ///   - generator: lengthens or shortens the pause by up to a fifth, so that what failed together does not come back
    ///     together. The time that the target asks for is not shortened.
    package func outcome(
        of answer: DeliveryAnswer,
        attempts: Int,
        firstAttemptAt: Timestamp?,
        at now: Timestamp,
        using generator: inout some RandomNumberGenerator
    ) -> DeliveryOutcome {
        if let status = answer.statusCode, answer.isDelivered { return .delivered(status: status) }
        // A first attempt in the future was dated by a clock that ran ahead.
        let end = min(firstAttemptAt ?? now, now) + giveUpAfter
        guard now < end || attempts.addingSaturated(1) < fewestAttempts else {
            return .gaveUp(status: answer.statusCode, error: answer.error)
        }
        let pause = Self.pauses[min(max(attempts, 0), Self.pauses.count - 1)]
        let varied = pause * Double.random(in: 0.8...1.2, using: &generator)
        let next = now + max(varied, answer.retryAfter ?? .zero)
        let last = now < end ? min(next, end) : next
        return .failed(status: answer.statusCode, error: answer.error, nextAttemptAt: last)
    }

    /// Half of the attempts that fit into the time: where there were fewer, this program or its machine was off meanwhile,
    /// or a clock has jumped, and the target had no chance.
    private var fewestAttempts: Int {
        var count = 1
        var end = Duration.zero
        while end < giveUpAfter, count < 200 {
            end += Self.pauses[min(count - 1, Self.pauses.count - 1)]
            count += 1
        }
        return count / 2
    }
}
