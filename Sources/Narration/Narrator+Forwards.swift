import Ledger
import Payments

extension Narrator {
    private enum ForwardState: String {
        case waiting
        case delivered
        case gaveUp = "gave_up"
    }

    /// How far a callback has come on its way to one of the account's targets: a row of `forwards`.
    ///
    /// - Parameter day: the day that the reader has in mind.
    static func passing(_ row: ViewRow, on day: String) -> String {
        let target = row.word("target") ?? ""
        let attempts = row.number("attempts") ?? 0
        switch ForwardState(rawValue: row.text("state")) {
        case .delivered:
            let when = row.time("delivered_at").map { " at \($0.clock(on: day))" } ?? ""
            let attempt = attempts > 1 ? ", \(ordinal(attempts)) attempt" : ""
            return "It was passed on to \(target)\(when)\(attempt)."
        case .gaveUp:
            let trouble = trouble(row).map { ": \($0)" } ?? ""
            return """
                It was not passed on to \(target), which was given up after \(count(attempts))\(trouble); \
                `paystate deliver` sends it again.
                """
        case .waiting where attempts == 0: return "It waits to be passed on to \(target)."
        case .waiting:
            let trouble = trouble(row).map { " (\($0))" } ?? ""
            let next = row.time("next_attempt_at").map { "; the next attempt is at \($0.clock(on: day))" } ?? ""
            return "It could not be passed on to \(target) in \(count(attempts)) so far\(trouble)\(next)."
        case nil: return "Whether it was passed on to \(target) is not known."
        }
    }

    private static func trouble(_ row: ViewRow) -> String? {
        row.word("last_error") ?? row.number("last_status").map { "HTTP \($0)" }
    }

    private static func count(_ attempts: Int64) -> String { attempts == 1 ? "one attempt" : "\(attempts) attempts" }

    /// `second`, `third`, …; beyond the tenth `11th`, `22nd`.
    static func ordinal(_ number: Int64) -> String {
        let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
        if number >= 1, number <= Int64(words.count) { return words[Int(number) - 1] }
        switch (number % 10, number % 100) {
        case (_, 11...13): return "\(number)th"
        case (1, _): return "\(number)st"
        case (2, _): return "\(number)nd"
        case (3, _): return "\(number)rd"
        default: return "\(number)th"
        }
    }
}
