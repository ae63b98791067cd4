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

    /// - Parameters:
    ///   - evidence: narrates only this event, such as `poll:5`.
    ///   - width: the width of a line, in characters.
    package func text(of evidence: String? = nil, width: Int, colours: Bool) -> String {
        var narrator = Narrator(history, colours: colours)
        var page = Page(width: width)
        var repetition: Repetition?
        for event in history.events {
            let beginning = narrator.beginning(of: event)
            let paragraphs = narrator.narrate(event)
            guard evidence == nil || event.evidence == evidence, !paragraphs.isEmpty else { continue }
            if repetition?.takes(event, at: beginning) ?? false { continue }
            page.add(repetition)
            repetition = Repetition(of: event)
            page.add(paragraphs, at: beginning)
        }
        page.add(repetition)
        let outlook = NextSteps(history: history, narrator: narrator, now: now).sentences
        let next = ["", "What happens next"] + outlook.flatMap { Paragraph(label: "  ", text: $0).lines(width: width) }
        let headline = Headline(history, colours: colours)
        let facts = evidence == nil ? headline.facts(width: width) : []
        return (Paragraph(label: "", text: headline.sentence).lines(width: width) + facts + page.lines + next)
            .joined(separator: "\n")
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

    /// Adds a sentence about a repetition, if there was one.
    mutating func add(_ repetition: Repetition?) {
        guard let last = repetition?.last else { return }
        add([last.words], at: last.at)
    }
}
