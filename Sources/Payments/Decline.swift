/// What kind of refusal a result code stands for: whether it is worth trying again.
package enum Decline: String, Sendable, CaseIterable {
    /// It may work later, or with more money on the card.
    case soft
    /// It will not work with this card.
    case hard
    /// Refused for suspicion of fraud, or by a list or limit.
    case risk
    /// Something broke on the way, or the request was wrong.
    case technical
}
