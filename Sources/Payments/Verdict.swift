/// What the check of a callback's origin came to (design 3.2); everything else is refused.
package enum Verdict: String, Sendable, CaseIterable {
    case valid
    /// The signature is right, but does not prove the structure of the body.
    case ambiguous
}
