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

    /// This with what a request to the API changes; what it does not name stays.
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
        if let slowness = try fields.amount("slowness_ms") { changed.slowness = .milliseconds(min(slowness, 60_000)) }
        if let pause = try fields.amount("retry_after_s") { changed.retryAfter = .seconds(min(pause, 86_400)) }
        return changed
    }
}
