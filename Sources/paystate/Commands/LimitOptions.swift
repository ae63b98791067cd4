import ArgumentParser

/// How many rows a list shows.
struct LimitOptions: ParsableArguments {
    @Option(help: "How many to show at most.")
    var limit = 50

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit takes 1 to 100000") }
    }

    /// Says that there may be more, if as many rows are shown as may be.
    func noteIfReached(by count: Int) {
        if count == limit { print("The newest \(limit) are shown; --limit shows more.") }
    }
}
