/// Arithmetic on amounts that a gateway supplies: it stops at the limits. Amounts near 2⁶³ are nobody's money, and must not end
/// the process.
extension Int64 {
    package func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    package func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    package var negatedSaturated: Int64 { Int64(0).subtractingSaturated(self) }

    package var magnitudeSaturated: Int64 { self < 0 ? negatedSaturated : self }
}
