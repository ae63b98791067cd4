/// How fast deliveries go while callbacks wait to be recorded: receiving goes first.
package enum DeliveryPace {
    /// A daemon that keeps up has fewer requests before it.
    private static let busy = 16
    private static let veryBusy = 64

    /// How many requests to a target may be under way, with this many requests waiting for their commit.
    package static func concurrency(of most: Int, unanswered: Int) -> Int {
        switch unanswered {
        case ..<busy: most
        case ..<veryBusy: max(1, most / 2)
        default: 1
        }
    }

    /// The time from the start of one request to a target until that of the next.
    package static func rest(unanswered: Int) -> Duration {
        switch unanswered {
        case ..<busy: .zero
        case ..<veryBusy: .milliseconds(2)
        default: .milliseconds(10)
        }
    }

    /// The time from one look for what is due to the next, however often something is recorded.
    package static func pauseBetweenLooks(unanswered: Int) -> Duration {
        unanswered < busy ? .milliseconds(5) : .milliseconds(100)
    }
}
