/// A gateway's own word for how something stands, beside the state it means to us.
///
/// The word is kept as sent: an unknown one is a value (state `unknown`), never an error and never a failure.
package struct Status: Sendable, Hashable {
    /// `nil` where the gateway has said nothing yet: a watched payment, the parent of a child that came first.
    package let word: String?
    package let state: State

    package init(word: String?, state: State) {
        self.word = word
        self.state = state
    }

    package static let nothingYet = Status(word: nil, state: .unknown)

    package var isUnknownWord: Bool { word != nil && state == .unknown }
}
