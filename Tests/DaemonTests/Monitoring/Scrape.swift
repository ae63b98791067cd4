/// The content of `/metrics`: names, with the labels of their series, as Prometheus stores them: it adds `job` and
/// `instance`.
struct Scrape {
    private(set) var labels: [String: Set<String>] = ["up": ["job", "instance"]]

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let name = line.prefix { $0 != "{" && $0 != " " }
            let pairs = line.dropFirst(name.count).prefix { $0 != "}" }.dropFirst().split(separator: ",")
            let names = line.contains("{") ? pairs.map { String($0.prefix { $0 != "=" }) } : []
            labels[String(name), default: ["job", "instance"]].formUnion(names)
        }
    }

    /// The missing names of a query, in words.
    func missing(in query: PromQL) -> [String] {
        let known = Set(labels.values.joined())
        return query.metrics.flatMap { metric -> [String] in
            // A recorded series has the labels of the rule that records it; promtool's tests go through these.
            guard !metric.name.contains(":") else { return [] }
            guard let labels = labels[metric.name] else { return ["there is no \(metric.name)"] }
            return metric.labels.subtracting(labels).map { "\(metric.name) has no label \($0)" }
        } + query.groupings.subtracting(known).map { "nothing has a label \($0)" }
    }
}
