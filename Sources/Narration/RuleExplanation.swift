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
            ", but a callback that arrived meanwhile says otherwise: nothing is settled, the gateway is polled again"
        case 1: ": the first report about this \(thing), so it was applied"
        case 2:
            ", a status that Paystate does not know: what was known stays, and polling continues"
        case 3: ", which was already known: nothing changed"
        case 4: ", but by the gateway's own time it is older than what was known: it was kept, and not applied"
        case 5: ", marked by the gateway as a manual correction: it was applied"
        case 6 where effect == Effect.unchanged.rawValue:
            ", which is about the refund or capture in progress: the \(thing) stays as it was"
        case 6 where isAnswer:
            ", an error without any operation, which is about one request and not about the payment: it was not applied"
        case 6:
            """
            , an error without any operation, which is about one request and not about the payment: it is held until \
            the gateway has answered
            """
        case 7: ", which is neither final nor newer, while the \(thing) was final: it was kept, and not applied"
        case 8: ", and the \(thing) was not final, so it was applied"
        case 9: ": money moved after all, although the \(thing) had ended unpaid; it was applied"
        case 10: ", a valid next step for the \(thing), so it was applied"
        case 11: ", which differs from what was known; the answer to a poll decides, so it was applied"
        case 12:
            """
            , a step back from a final state, which a callback alone cannot cause: it is held until the gateway has \
            answered
            """
        default: ""  // No row of the table was consulted.
        }
    }
}
