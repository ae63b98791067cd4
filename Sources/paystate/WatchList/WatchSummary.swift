/// What came of a list of payments to watch.
struct WatchSummary {
    var watched = 0
    var created = 0
    var bad = 0
    /// Why it ended early, if it did, and at which line.
    var stop: (line: Int, reason: NotFollowed)?

    /// For a person, at the end.
    var text: String {
        let sum = "\(watched) watched: \(created) new, \(watched - created) known before."
        return bad == 0 ? sum : "\(sum) \(bad) bad."
    }

    /// For a person, meanwhile.
    var progress: String { "\(watched) watched, \(bad) bad" }

    /// For a program.
    var json: String { #"{"bad":\#(bad),"created":\#(created),"stopped":\#(stop != nil),"watched":\#(watched)}"# }
}
