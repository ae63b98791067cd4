/// A position in the order of a list, after which its next page begins. What its text means is nobody's business but
/// ours.
package struct PageKey: Sendable, Equatable, CustomStringConvertible {
    /// The time by which the list is sorted; 0 where it is sorted by number alone.
    let time: Int64
    let number: Int64
    /// Whether the position is among the payments that a search found by the card's last digits.
    let isOfCards: Bool

    init(time: Int64 = 0, number: Int64, isOfCards: Bool = false) {
        self.time = time
        self.number = number
        self.isOfCards = isOfCards
    }

    package init?(_ text: String) {
        let isOfCards = text.hasPrefix("c")
        let numbers = text.dropFirst(isOfCards ? 1 : 0).split(separator: ".").map { Int64($0) }
        guard numbers.count == 2, let time = numbers[0], let number = numbers[1] else { return nil }
        self.init(time: time, number: number, isOfCards: isOfCards)
        guard description == text else { return nil }
    }

    package var description: String { "\(isOfCards ? "c" : "")\(time).\(number)" }

    /// The beginning of a list.
    static let beginning = PageKey(time: .max, number: .max)
}
