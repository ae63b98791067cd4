import Ledger
import Payments
import Telemetry

/// A parameter of a query: its name, what it takes and what it means.
package struct Parameter: Sendable {
    package enum Kind: Sendable {
        /// At most so many bytes, and not none.
        case text(upTo: Int)
        case word([String])
        /// 0 or 1, as in the views.
        case flag
        /// UTC, as the views write it.
        case time
        case number(ClosedRange<Int64>)
        /// From no time to so many seconds, written `25s` or `500ms`.
        case duration(upTo: Int64)
        /// `next` of the page before.
        case place
    }

    package let name: String
    package let kind: Kind
    package let meaning: String
    package var isRequired = false
    /// What stands for a parameter that is not given; `nil` if nothing does.
    package var standard: Int64?

    static let account = Parameter(
        name: "account",
        kind: .text(upTo: 200),
        meaning: "Only of this account, by its name in the configuration."
    )
    static let before = Parameter(
        name: "before",
        kind: .place,
        meaning: "The page after the one whose `next` this is."
    )
    static let after = Parameter(
        name: "after",
        kind: .number(0...Int64.max),
        meaning: "Only what comes after this seq: `next` of the answer before. Without it from the beginning.",
        standard: 0
    )
    static let limit = Parameter(
        name: "limit",
        kind: .number(1...Int64(Page.largest)),
        meaning: "How many rows at most.",
        standard: 50
    )

    /// What a value must be, for the sentence that refuses one.
    var wanted: String {
        switch kind {
        case .text(let limit): "1 to \(limit) bytes of UTF-8"
        case .word(let words): "one of \(words.joined(separator: ", "))"
        case .flag: "0 or 1"
        case .time: "a UTC time such as 2026-11-22T10:00:01.250Z, or a day such as 2026-11-22"
        case .number(let range):
            range.upperBound == .max
                ? "a number from \(range.lowerBound) on" : "\(range.lowerBound) to \(range.upperBound)"
        case .duration(let limit): "0s to \(limit)s"
        case .place: "`next` of the page before"
        }
    }

    /// - Returns: `nil` if the text is none of the values that the parameter takes.
    func value(of text: String) -> Query.Value? {
        switch kind {
        case .text(let limit):
            let isFit = !text.isEmpty && text.utf8.count <= limit && !text.utf8.contains(0)
            return isFit ? .text(text) : nil
        case .word(let words): return words.contains(text) ? .text(text) : nil
        case .flag: return text == "0" || text == "1" ? .number(text == "1" ? 1 : 0) : nil
        case .time: return Self.time(text).map { .number($0.milliseconds) }
        case .number(let range): return Self.number(text, in: range).map { .number($0) }
        case .duration(let limit): return Self.milliseconds(text, upTo: limit).map { .number($0) }
        case .place: return PageKey(text).map { .place($0) }
        }
    }

    private static func milliseconds(_ text: String, upTo limit: Int64) -> Int64? {
        if text.hasSuffix("ms") { return number(text.dropLast(2), in: 0...limit.multipliedSaturated(by: 1000)) }
        guard text.hasSuffix("s") else { return nil }
        return number(text.dropLast(), in: 0...limit)?.multipliedSaturated(by: 1000)
    }

    private static func number(_ text: some StringProtocol, in range: ClosedRange<Int64>) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text),
            range.contains(number)
        else { return nil }
        return number
    }

    /// A day, or a time with or without milliseconds.
    private static func time(_ text: String) -> Timestamp? {
        let forms = [("T00:00:00.000Z", 10), (".000Z", 20), ("", 24)]
        guard let (rest, _) = forms.first(where: { $0.1 == text.utf8.count }) else { return nil }
        let whole = text.utf8.count == 20 ? String(text.dropLast()) + rest : text + rest
        guard let time = Timestamp(viewed: whole), time.text == whole else { return nil }
        return time
    }
}
