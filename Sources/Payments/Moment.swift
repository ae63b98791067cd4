/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// The resolution is the finest that either gateway states and the ledger keeps; leap seconds do not exist, as in POSIX.
package struct Moment: Sendable, Hashable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (earlier: Moment, later: Moment) -> Bool {
        earlier.milliseconds < later.milliseconds
    }

    /// The moment a duration later; sub-millisecond parts are dropped, and the result saturates instead of trapping.
    package static func + (moment: Moment, duration: Duration) -> Moment {
        let (sum, overflow) = moment.milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        return Moment(milliseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    package static func - (moment: Moment, duration: Duration) -> Moment {
        moment + (.zero - duration)
    }
}

extension Duration {
    /// The duration in whole milliseconds, rounded towards zero.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000_000_000
    }
}
