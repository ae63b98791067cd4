import Payments

/// A row of the table of evidence, in words: the reason for a decision (`rule` of `callbacks` and `polls`;
/// docs/evidence-rules.md).
package struct RuleExplanation {
    package let number: Int64?
    /// The effect: row 6 holds a report on one request, and passes a report on an operation (6b).
    package let effect: String

    package init(number: Int64?, effect: String = "") {
        self.number = number
        self.effect = effect
    }

    /// Continues «It says «success»», without the full stop.
    ///
    /// - Parameters:
    ///   - thing: the kind of entity that the evidence is about, such as payment or operation.
    package func words(of thing: String, isAnswer: Bool = false) -> String {
        switch number {
        case 0:
            ", but a callback that came in the meantime says otherwise: this settles nothing, and the gateway is asked again"
        case 1: ": the first word about this \(thing), so it was applied"
        case 2:
            ", a word that Paystate does not know: what was known stays, and the asking goes on"
        case 3: ", which was known already: nothing changed"
        case 4: ", but by the gateway's own time that is older than what was known: it was kept, and not applied"
        case 5: ", marked by the gateway as corrected by a person there: it was applied"
        case 6 where effect == Effect.unchanged.rawValue:
            ", which speaks of the refund or capture that is under way: the \(thing) stays as it was"
        case 6 where isAnswer:
            ", an error without any operation, which speaks of one request and not of the payment: it was not applied"
        case 6:
            """
            , an error without any operation, which speaks of one request and not of the payment: it is held until the \
            gateway has answered
            """
        case 7: ", which is no end, while the \(thing) had come to one, and is not newer: it was kept, and not applied"
        case 8: ", and the \(thing) had not come to an end, so it was applied"
        case 9: ": money moved after all, though the \(thing) had ended without; it was applied"
        case 10: ", a step that a \(thing) can take from where it was, so it was applied"
        case 11: ", which differs from what was known; an answer to a question has the last word, so it was applied"
        case 12:
            """
            , a step back from an end, which a callback alone cannot bring about: it is held until the gateway has \
            answered
            """
        default: ""  // No row of the table was consulted.
        }
    }
}
