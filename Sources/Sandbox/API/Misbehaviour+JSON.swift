import Payments

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
