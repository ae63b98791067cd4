import Foundation
import Ledger
import Narration
import Payments
import Sandbox

/// The demo's display: redrawn in place on a terminal that is large enough, otherwise a line now and then.
struct LiveView {
    private static let width = 70
    private static let height = 23
    private static let longestBar = 32

    private let isPicture: Bool
    private let showsColours: Bool
    private var drawn = 0
    private var drawnAt: ContinuousClock.Instant?

    /// Everything that one picture shows.
    struct Sight {
        let tally: LedgerStatistics
        let counters: Counters
        /// The callbacks that the shop's plugin took.
        let passedOn: Int
        let backlog: DeliveryBacklog
    }

    /// - Parameter terminal: its columns and rows; `nil` if there is none.
    init(terminal: (columns: Int, rows: Int)?, showsColours: Bool) {
        isPicture = terminal.map { $0.columns >= Self.width && $0.rows >= Self.height } ?? false
        self.showsColours = showsColours
    }

    /// Whether the last picture has been shown long enough; if so, the new one counts as shown from now on.
    mutating func isDue(at now: ContinuousClock.Instant) -> Bool {
        let pause: Duration = isPicture ? .milliseconds(250) : .seconds(5)
        if let drawnAt, drawnAt + pause > now { return false }
        drawnAt = now
        return true
    }

    /// The text to write now.
    mutating func draw(_ sight: Sight, after elapsed: Duration, _ phase: String) -> String {
        guard isPicture else { return line(sight, after: elapsed, phase) + "\n" }
        let lines = picture(sight, after: elapsed, phase)
        defer { drawn = lines.count }
        let up = drawn == 0 ? "" : "\u{1B}[\(drawn)A"
        return up + lines.map { "\u{1B}[2K\($0)\n" }.joined()
    }

    private func picture(_ sight: Sight, after elapsed: Duration, _ phase: String) -> [String] {
        let (tally, counters, backlog) = (sight.tally, sight.counters, sight.backlog)
        var lines = [
            "",
            "  Paystate demo  \(Self.clock(elapsed))   \(phase)",
            "",
            "  callbacks   \(Self.padded(tally.received)) received   \(Self.padded(counters.lost)) lost on the way",
            "              \(Self.padded(tally.duplicates)) duplicates \(Self.padded(tally.effects[.late])) late  "
                + "\(Self.padded(tally.effects[.held])) held",
            "  passed on   \(Self.padded(sight.passedOn)) callbacks  \(Self.padded(Int(backlog.waiting))) waiting  "
                + "\(Self.padded(Int(backlog.behind))) events behind",
            "  polls       \(Self.padded(tally.polls)) sent       \(Self.padded(tally.found)) changes found by polling",
            "  payments    \(Self.padded(tally.payments)) known",
            "",
        ]
        let most = max(1, tally.states.values.max() ?? 1)
        for state in State.allCases {
            let count = tally.states[state] ?? 0
            let bar = String(repeating: "█", count: (count * Self.longestBar + most - 1) / most)
            let name = Terminal.coloured(state.rawValue.padded(to: 20), in: showsColours)
            lines.append("  \(name) \(Self.padded(count)) \(Terminal.coloured(bar, as: state, in: showsColours))")
        }
        lines.append("")
        return lines
    }

    private func line(_ sight: Sight, after elapsed: Duration, _ phase: String) -> String {
        let (tally, counters, backlog) = (sight.tally, sight.counters, sight.backlog)
        let states = State.allCases.compactMap { state in
            tally.states[state].map { "\(state.rawValue) \($0)" }
        }
        return "\(Self.clock(elapsed)) \(phase): received \(tally.received), duplicates \(tally.duplicates), "
            + "late \(tally.effects[.late] ?? 0), held \(tally.effects[.held] ?? 0), lost \(counters.lost), "
            + "passed on \(sight.passedOn), waiting \(backlog.waiting), events behind \(backlog.behind), "
            + (["polls \(tally.polls)", "found by polling \(tally.found)"] + states).joined(separator: ", ")
    }

    private static func padded(_ number: Int?) -> String {
        (number ?? 0).padded(to: 6, with: " ")
    }

    private static func clock(_ elapsed: Duration) -> String {
        let seconds = elapsed.components.seconds
        return "\(seconds / 60):\((seconds % 60).padded(to: 2))"
    }
}
