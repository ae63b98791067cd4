import Payments

/// Refused requests that wait to be kept. So many are written a second and no more, so that a flood of forgeries costs few
/// writes; where more come, the accounts take turns, and in each its senders: a flood takes nobody's place but its own. Of each
/// the newest stay.
struct RejectionQueue: Sendable {
    private typealias Sender = RejectedSender<String>

    private struct Waiting {
        var rejections: [(number: Int, rejection: RejectedRequest)] = []
        /// When it was its turn last, or when it came in: whoever had none for the longest is next.
        var turn: Int
    }

    private static let rowsAtMost = 512
    private static let bytesAtMost = 8 << 20

    private var waiting: [String: [String: Waiting]] = [:]
    private var turns: [String: Int] = [:]
    private var shares = RejectionShares<String>()
    private var throttle = RefusalThrottle()
    private var count = 0
    /// How many gave way to others, by account, since they were last asked for.
    private var dropped: [String: Int] = [:]

    /// Takes a refusal in; the oldest of whoever has most makes room.
    ///
    /// - Returns: whether none of the same sender had to.
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

    /// Whether one may be written now.
    var isReady: Bool { throttle.isReady && shares.total.rows > 0 }

    mutating func refill(at now: Timestamp) {
        throttle.refill(at: now)
    }

    /// What is to be written now, in the order in which it came.
    ///
    /// - Parameter all: whether the pace does not matter: nothing comes after it.
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

    /// How many are not kept since the last time that it was asked, by account.
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

/// Lets a bounded number of refusals a second be written.
private struct RefusalThrottle: Sendable {
    private static let burst: Int64 = 256
    private static let perSecond: Int64 = 32

    /// What may still be written, in thousandths of a refusal: so many come back each millisecond as whole ones a second.
    private var thousandths = burst * 1000
    private var last: Timestamp?

    var isReady: Bool { thousandths >= 1000 }

    /// A clock that goes back gives nothing and takes nothing.
    mutating func refill(at now: Timestamp) {
        let elapsed = (now - (last ?? now)).wholeMilliseconds
        last = now
        // More than a burst never comes back, however long the pause was.
        thousandths = min(Self.burst * 1000, thousandths + Self.perSecond * min(max(0, elapsed), 60_000))
    }

    mutating func take() -> Bool {
        guard isReady else { return false }
        thousandths -= 1000
        return true
    }
}
