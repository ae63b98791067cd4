package import Payments

extension Timestamp {
    /// The time as ecommpay writes it: whole seconds, and an offset without a colon.
    package var ecommpayText: String {
        let time = inCalendar
        return "\(time.date)T\(time.clock)+0000"
    }

    /// The time as eComCharge writes it: milliseconds, and `Z`.
    package var ecomchargeText: String {
        let time = inCalendar
        return "\(time.date)T\(time.clock).\(time.millisecond.padded(to: 3))Z"
    }
}
