/// When the gateway is asked about what stays silent (design 3.5).
package struct Schedule: Sendable, Equatable {
    /// From the last evidence to the first question.
    package var firstAfter: Duration
    /// From one question to the next; the last step repeats.
    package var steps: [Duration]
    package var giveUpAfter: Duration
    package var authorizedEvery: Duration
    /// Failed and expired ones are asked about once more: both gateways document success after failure. Zero turns it off.
    package var secondLook: Duration
    /// Ages at which succeeded and partially refunded payments are asked about once more.
    package var audit: [Duration]

    package init(
        firstAfter: Duration,
        steps: [Duration],
        giveUpAfter: Duration,
        authorizedEvery: Duration,
        secondLook: Duration,
        audit: [Duration]
    ) {
        self.firstAfter = firstAfter
        self.steps = steps
        self.giveUpAfter = giveUpAfter
        self.authorizedEvery = authorizedEvery
        self.secondLook = secondLook
        self.audit = audit
    }

    /// How long after evidence of this state the first question is due; `nil` where none is.
    package func firstQuestion(about state: State) -> Duration? {
        switch state {
        case .pending, .unknown: firstAfter
        case .authorized: authorizedEvery
        case .failed, .expired: secondLook > .zero ? secondLook : nil
        case .succeeded, .partiallyRefunded: audit.first
        case .cancelled, .refunded, .chargedBack: nil
        }
    }
}
