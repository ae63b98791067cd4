import LosslessJSON
import Payments

/// Everything that a shop's plugin remembers. It is a value without a clock: its owner passes it the time.
struct PluginMemory {
    private struct Name: Hashable {
        let account: String
        let paymentID: String
    }

    private let limit: Int
    private var orders: [Name: PluginOrder] = [:]
    /// The orders by when they were first heard of.
    private var arrivals = EventQueue<Name>()
    private var made = 0
    private var lastEvent: Int64 = 0
    var counters = PluginCounters()

    /// - Parameter limit: how many orders are kept.
    init(limit: Int) {
        self.limit = limit
    }

    /// All orders that are remembered, the newest first.
    var newestFirst: [PluginOrder] { orders.values.sorted { $0.number > $1.number } }

    mutating func take(_ news: CallbackNews, at account: String, number: Int64?, _ now: Timestamp) {
        counters.callbacks += 1
        change(Name(account: account, paymentID: news.paymentID), now) { $0.take(news, number: number) }
    }

    /// An event that is not newer than another says nothing new: events come in order, but may come again.
    mutating func take(_ news: EventNews, _ now: Timestamp) {
        guard news.seq > lastEvent else {
            counters.repeatedEvents += 1
            return
        }
        lastEvent = news.seq
        counters.events += 1
        change(Name(account: news.account, paymentID: news.paymentID), now) { order in
            order.reference = order.reference ?? news.reference
            order.state = news.state
        }
    }

    private mutating func change(_ name: Name, _ now: Timestamp, _ work: (inout PluginOrder) -> Void) {
        if orders[name] == nil {
            made += 1
            orders[name] = PluginOrder(number: made, account: name.account, paymentID: name.paymentID)
            arrivals.insert(name, at: now)
            while orders.count > limit, let (_, first) = arrivals.pop(dueAt: now) { orders[first] = nil }
        }
        if var order = orders[name] {
            work(&order)
            orders[name] = order
        }
    }

    func list(_ limit: Int) -> JSON {
        ["counters": counters.json, "orders": .array(newestFirst.prefix(limit).map(\.json))]
    }
}
