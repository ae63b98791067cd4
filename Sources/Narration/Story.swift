package import Ledger
package import Payments

/// The story of a payment, checkout or subscription, in words: what it is, how it got there, and what happens next.
package struct Story {
    package let history: History
    private let now: Timestamp

    package init(_ history: History, now: Timestamp) {
        self.history = history
        self.now = now
    }

    /// One event, or a few that are alike.
    package struct Passage: Sendable, Equatable {
        package let at: Timestamp
        /// `callback:5`, `poll:5` or `operator:5`; empty for polls that are summed up.
        package let evidence: String
        package let paragraphs: [String]
    }

    /// The parts of the story, without line breaks. Commands in it stand in backticks.
    package struct Parts: Sendable {
        /// The state in one sentence.
        package let headline: String
        /// Further facts, each with its label.
        package let facts: [(label: String, text: String)]
        package let passages: [Passage]
        package let next: [String]
    }

    package var parts: Parts {
        let headline = Headline(history, colours: false)
        let (passages, next) = passages(of: nil, colours: false)
        return Parts(headline: headline.sentence, facts: headline.facts, passages: passages, next: next)
    }

    /// - Parameters:
    ///   - evidence: narrates only this event, such as `poll:5`.
    ///   - width: the width of a line, in characters.
    package func text(of evidence: String? = nil, width: Int, colours: Bool) -> String {
        let (passages, outlook) = passages(of: evidence, colours: colours)
        var page = Page(width: width)
        for passage in passages { page.add(passage.paragraphs, at: passage.at) }
        let next = ["", "What happens next"] + outlook.flatMap { Paragraph(label: "  ", text: $0).lines(width: width) }
        let headline = Headline(history, colours: colours)
        let facts = evidence == nil ? headline.facts(width: width) : []
        return (Paragraph(label: "", text: headline.sentence).lines(width: width) + facts + page.lines + next)
            .joined(separator: "\n")
    }

    /// What happened, and what happens next.
    private func passages(of evidence: String?, colours: Bool) -> (passages: [Passage], next: [String]) {
        var narrator = Narrator(history, colours: colours)
        var passages: [Passage] = []
        var repetition: Repetition?
        for event in history.events {
            let beginning = narrator.beginning(of: event)
            let paragraphs = narrator.narrate(event)
            guard evidence == nil || event.evidence == evidence, !paragraphs.isEmpty else { continue }
            if repetition?.takes(event, at: beginning) ?? false { continue }
            passages += Self.passage(of: repetition)
            repetition = Repetition(of: event)
            passages.append(Passage(at: beginning, evidence: event.evidence, paragraphs: paragraphs))
        }
        passages += Self.passage(of: repetition)
        return (passages, NextSteps(history: history, narrator: narrator, now: now).sentences)
    }

    /// A sentence about a repetition, if there was one.
    private static func passage(of repetition: Repetition?) -> [Passage] {
        guard let last = repetition?.last else { return [] }
        return [Passage(at: last.at, evidence: "", paragraphs: [last.words])]
    }
}

/// The narrated text, arranged by day and time of day.
struct Page {
    private(set) var lines: [String] = []
    private let width: Int
    private var day: String?

    init(width: Int) {
        self.width = width
    }

    /// Adds paragraphs, the first with the time in front.
    mutating func add(_ paragraphs: [String], at time: Timestamp) {
        if time.day != day {
            day = time.day
            lines += ["", time.day]
        }
        var label = "  \(time.clock)  "
        for paragraph in paragraphs {
            lines += Paragraph(label: label, text: paragraph).lines(width: width)
            label = String(repeating: " ", count: label.count)
        }
    }
}
