/// A gateway's own word for how something stands, beside the state it means to us.
///
/// The word is kept as sent: an unknown one is a value (state `unknown`), never an error and never a failure.
package struct Status: Sendable, Hashable {
    /// What a word says beyond its state.
    package enum Nuance: String, Sendable, CaseIterable {
        /// It stays so until somebody pays, for as long as that takes (ERIP `permanent`).
        case resting
        /// Its operations may say success, but no money has come yet (ecommpay `awaiting confirmation`).
        case unconfirmed
    }

    /// `nil` where the gateway has said nothing yet: a watched payment, the parent of a child that came first.
    package let word: String?
    package let state: State
    package let nuance: Nuance?

    package init(word: String?, state: State, nuance: Nuance? = nil) {
        self.word = word
        self.state = state
        self.nuance = nuance
    }

    package static let nothingYet = Status(word: nil, state: .unknown)

    package var isUnknownWord: Bool { word != nil && state == .unknown }
}
