import LosslessJSON
import Payments

/// What the gateways do that they should not. A probability applies to each callback, answer or success.
package struct Misbehaviour: Sendable, Equatable {
    /// The callback is never sent. Exempt, unless ``losesForGood``, are callbacks whose content a merchant could never
    /// find out by polling what it knows: the first callback of a capture, refund or chargeback at eComCharge, what
    /// happens there to a payment that was paid, the first callback of one of several attempts on a token, and of a
    /// subscription.
    package var lose = 0.0
    package var losesForGood = false
    /// The same bytes once more, within seconds.
    package var duplicate = 0.0
    /// The callback is held back for up to two minutes, so that later ones overtake it.
    package var reorder = 0.0
    /// The same bytes once more, after minutes.
    package var late = 0.0
    /// A success is taken back without being marked as a correction: half of the time the gateway means it, half of the
    /// time only the callback says so.
    package var changeMind = 0.0
    /// The description of an ecommpay payment contains a line of another body after a `;`, so that its signatures do
    /// not prove the structure.
    package var ambiguous = 0.0
    /// The captures, voids, refunds and chargebacks of an eComCharge payment state no amount if they move everything.
    package var omitAmounts = 0.0

    /// Status endpoints respond with 429 and `Retry-After`.
    package var rateLimit = 0.0
    /// Status endpoints respond with 500.
    package var fail = 0.0
    /// Status endpoints respond with 200, and no JSON.
    package var rubbish = 0.0
    /// The answer takes ``slowness``.
    package var slow = 0.0
    /// An ecommpay answer without a signature.
    package var unsigned = 0.0
    /// An answer about another payment.
    package var foreign = 0.0
    package var slowness = Duration.seconds(3)
    package var retryAfter = Duration.seconds(1)
    /// Every status request is answered 503, and no callback is sent; callbacks wait, and are sent when it is over.
    package var outage = false

    package init() {}
}

extension Misbehaviour {
    /// The probabilities by their names in the API and on the command line.
    package static let probabilities: [(name: String, path: any WritableKeyPath<Misbehaviour, Double> & Sendable)] = [
        ("lose", \.lose), ("duplicate", \.duplicate), ("reorder", \.reorder), ("late", \.late),
        ("change_mind", \.changeMind), ("ambiguous", \.ambiguous),
        ("omit_amounts", \.omitAmounts), ("rate_limit", \.rateLimit), ("fail", \.fail),
        ("rubbish", \.rubbish), ("slow", \.slow), ("unsigned", \.unsigned), ("foreign", \.foreign),
    ]

    package static let switches: [(name: String, path: any WritableKeyPath<Misbehaviour, Bool> & Sendable)] = [
        ("outage", \.outage), ("loses_for_good", \.losesForGood),
    ]
}

extension Misbehaviour {
    var json: JSON {
        var json: JSON = [:]
        for (name, path) in Self.probabilities { json = json.with([name: .number(String(self[keyPath: path]))]) }
        for (name, path) in Self.switches { json = json.with([name: .bool(self[keyPath: path])]) }
        return json.with([
            "slowness_ms": .integer(slowness.wholeMilliseconds),
            "retry_after_s": .integer(retryAfter.components.seconds),
        ])
    }

    /// This misbehaviour with the changes of a request to the API; fields that the request does not name stay.
    func changed(by body: [UInt8]) throws(SandboxProblem) -> Misbehaviour {
        let durations = ["slowness_ms", "retry_after_s"]
        let fields = try RequestFields(
            body,
            keys: Self.probabilities.map { $0.name } + Self.switches.map { $0.name } + durations
        )
        var changed = self
        for (name, path) in Self.probabilities {
            if let probability = try fields.probability(name) { changed[keyPath: path] = probability }
        }
        for (name, path) in Self.switches {
            if let flag = try fields.flag(name) { changed[keyPath: path] = flag }
        }
        if let slowness = try fields.whole("slowness_ms", of: "milliseconds", in: 1...60_000) {
            changed.slowness = .milliseconds(slowness)
        }
        if let pause = try fields.whole("retry_after_s", of: "seconds", in: 1...86_400) {
            changed.retryAfter = .seconds(pause)
        }
        return changed
    }
}
