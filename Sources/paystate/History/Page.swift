import Payments

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
