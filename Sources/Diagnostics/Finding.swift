/// The result of one of the doctor's checks.
package struct Finding: Sendable, Equatable, Encodable {
    /// In ascending order of importance.
    package enum Verdict: String, Sendable, Encodable, CaseIterable, Comparable {
        case ok
        /// Not possible to check here and now.
        case skipped
        case warning
        case failure

        package static func < (one: Verdict, other: Verdict) -> Bool {
            (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
        }
    }

    /// What was checked, in a word or two; the same from run to run.
    package let check: String
    package let verdict: Verdict
    package let seen: String
    /// What to do about it, or what to know about it.
    package let advice: String?

    package init(_ check: String, _ verdict: Verdict, _ seen: String, advice: String? = nil) {
        self.check = check
        self.verdict = verdict
        self.seen = seen
        self.advice = advice
    }
}
