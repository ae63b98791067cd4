import LosslessJSON

/// An order as a shop's plugin remembers it.
package struct PluginOrder: Sendable {
    /// The order in which orders were first heard of.
    let number: Int
    package let account: String
    /// The payment that it is paid by.
    package let paymentID: String
    package internal(set) var reference: String?
    /// The gateway's words, in the order in which they came; the first are forgotten first.
    package internal(set) var statuses: [String] = []
    /// How many callbacks were taken, repeats included.
    package internal(set) var received = 0
    /// The numbers that Paystate gave the callbacks, each once, in the order in which they came.
    package internal(set) var callbacks: [Int64] = []
    /// Whether no callback came after a later one.
    package internal(set) var isInOrder = true
    /// The state that events tell of; nil without an event.
    package internal(set) var state: String?

    /// The most words that are kept.
    private static let longestHistory = 100

    init(number: Int, account: String, paymentID: String) {
        self.number = number
        self.account = account
        self.paymentID = paymentID
    }

    /// - Parameter number: the callback's own, by which a repeat is recognised; nil if it came from the gateway itself.
    mutating func take(_ news: CallbackNews, number: Int64?) {
        reference = reference ?? news.reference
        received += 1
        if statuses.count == Self.longestHistory { statuses.removeFirst() }
        statuses.append(news.status)
        guard let number, !callbacks.contains(number) else { return }
        if let last = callbacks.max(), number < last { isInOrder = false }
        callbacks.append(number)
    }

    var json: JSON {
        [
            "account": .string(account), "payment_id": .string(paymentID), "reference": .text(reference),
            "status": .text(statuses.last), "received": .integer(received),
            "statuses": .array(statuses.map { .string($0) }), "callbacks": .array(callbacks.map { .integer($0) }),
            "in_order": .bool(isInOrder), "state": .text(state),
        ]
    }
}
