/// Arithmetic that saturates at the type's limits, for numbers that come from a gateway, a file or a clock. Numbers
/// near 2⁶³ are no real amounts or times, and must not crash the process.
extension FixedWidthInteger {
    package func addingSaturated(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    package func subtractingSaturated(_ other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    package func multipliedSaturated(by other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    package var negatedSaturated: Self { (0 as Self).subtractingSaturated(self) }

    package var magnitudeSaturated: Self { self < 0 ? negatedSaturated : self }
}
