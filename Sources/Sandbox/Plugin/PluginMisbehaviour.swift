/// What a shop's plugin does that it should not. A probability applies to each request with a callback or an event.
package struct PluginMisbehaviour: Sendable, Equatable {
    /// It is answered with 500.
    package var fail = 0.0
    /// It is not answered for a minute, and then with 503: whoever waits for it has left.
    package var hang = 0.0
    /// It is answered with 503 and `Retry-After`.
    package var busy = 0.0
    /// It is answered after three seconds.
    package var slow = 0.0

    package init() {}

    /// The probabilities by the ends of their names on the command line.
    package static let probabilities: [(name: String, path: any KeyPath<PluginMisbehaviour, Double> & Sendable)] = [
        ("fail", \.fail), ("hang", \.hang), ("busy", \.busy), ("slow", \.slow),
    ]

    /// How a request is treated.
    enum Fault: Sendable, Equatable {
        case fail
        case hang
        case busy
        case slow
    }

    /// What happens to a request; nil if it is treated well. How is drawn separately for each request.
    ///
    /// - Parameter request: its number.
    func fault(of request: Int, seed: UInt64) -> Fault? {
        var chance = SeededGenerator(seed: seed, stream: -2, request)
        let (fails, hangs) = (chance.happens(fail), chance.happens(hang))
        let (isBusy, isSlow) = (chance.happens(busy), chance.happens(slow))
        if hangs { return .hang }
        if fails { return .fail }
        if isBusy { return .busy }
        return isSlow ? .slow : nil
    }
}
