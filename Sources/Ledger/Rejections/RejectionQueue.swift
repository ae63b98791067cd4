import Payments

/// The rejected requests that wait to be stored.
///
/// Their rate is limited, so that a flood of forgeries costs few writes. If more arrive, the accounts take turns, and
/// within each account its senders: a flood displaces only itself. The newest of each sender are kept.
struct RejectionQueue: Sendable {
    private typealias Sender = RejectedSender<String>

    private struct Waiting {
        var rejections: [(number: Int, rejection: RejectedRequest)] = []
        /// When it last had its turn, or when it was added: the sender that has waited longest is next.
        var turn: Int
    }

    private static let rowsAtMost = 512
    private static let bytesAtMost = 8 << 20

    private var waiting: [String: [String: Waiting]] = [:]
    private var turns: [String: Int] = [:]
    private var shares = RejectionShares<String>()
    private var throttle = RejectionThrottle()
    private var count = 0
    /// How many were displaced by others since the last call of `takeDropped()`, by account.
    private var dropped: [String: Int] = [:]

    /// Queues a rejected request; the oldest of the largest sender makes room for it.
    ///
    /// - Returns: whether none of the same sender was displaced.
    mutating func enqueue(_ rejection: RejectedRequest) -> Bool {
        refill(at: rejection.receivedAt)
        let sender = Sender(rejection.account, address: rejection.remoteAddress)
        count += 1
        if turns[sender.account] == nil { turns[sender.account] = count }
        waiting[sender.account, default: [:]][sender.network, default: Waiting(turn: count)].rejections.append(
            (count, rejection)
        )
        shares.add(sender, bytes: rejection.body.count)
        var isAlone = true
        while shares.total.rows > Self.rowsAtMost || shares.total.bytes > Self.bytesAtMost,
            let largest = shares.largest(by: shares.total.rows > Self.rowsAtMost ? \.rows : \.bytes)
        {
            guard removeFirst(of: largest) != nil else { break }
            dropped[largest.account, default: 0] += 1
            if largest == sender { isAlone = false }
        }
        return isAlone
    }

    /// Whether a rejected request may be written now.
    var isReady: Bool { throttle.isReady && shares.total.rows > 0 }

    mutating func refill(at now: Timestamp) {
        throttle.refill(at: now)
    }

    /// Removes and returns the requests to be written now, in the order in which they arrived.
    ///
    /// - Parameter all: whether to ignore the rate limit, because the queue is closed.
    mutating func take(all: Bool) -> [RejectedRequest] {
        var taken: [(number: Int, rejection: RejectedRequest)] = []
        while shares.total.rows > 0, all || throttle.take() {
            guard let account = turns.min(by: { $0.value < $1.value })?.key,
                let network = waiting[account]?.min(by: { $0.value.turn < $1.value.turn })?.key,
                let next = removeFirst(of: Sender(account: account, network: network))
            else { break }
            count += 1
            if turns[account] != nil { turns[account] = count }
            waiting[account]?[network]?.turn = count
            taken.append(next)
        }
        return taken.sorted { $0.number < $1.number }.map(\.rejection)
    }

    /// How many were dropped since the last call, by account.
    mutating func takeDropped() -> [String: Int] {
        defer { dropped = [:] }
        return dropped
    }

    private mutating func removeFirst(of sender: Sender) -> (number: Int, rejection: RejectedRequest)? {
        guard let first = waiting[sender.account]?[sender.network]?.rejections.removeFirst() else { return nil }
        shares.remove(sender, bytes: first.rejection.body.count)
        if waiting[sender.account]?[sender.network]?.rejections.isEmpty == true {
            waiting[sender.account]?[sender.network] = nil
        }
        if waiting[sender.account]?.isEmpty == true { (waiting[sender.account], turns[sender.account]) = (nil, nil) }
        return first
    }
}

/// Limits how many rejected requests are written per second.
private struct RejectionThrottle: Sendable {
    private static let burst: Int64 = 256
    private static let perSecond: Int64 = 32

    /// What may still be written, in thousandths of a request: each millisecond adds as many thousandths as whole
    /// requests are allowed per second.
    private var thousandths = burst * 1000
    private var last: Timestamp?

    var isReady: Bool { thousandths >= 1000 }

    /// A clock that goes back neither adds nor removes anything.
    mutating func refill(at now: Timestamp) {
        let elapsed = (now - (last ?? now)).wholeMilliseconds
        last = now
        // Never more than a burst is added, however long the pause was.
        thousandths = min(Self.burst * 1000, thousandths + Self.perSecond * min(max(0, elapsed), 60_000))
    }

    mutating func take() -> Bool {
        guard isReady else { return false }
        thousandths -= 1000
        return true
    }
}
