import Payments

extension Report {
    /// Which members were left out, for the operator; nil if none was. It names places, and no more of them than fit into a
    /// line or two.
    var omissionsInWords: String? {
        let named = 10
        guard !leftOut.isEmpty else { return nil }
        let more = leftOut.count > named ? ", and \(leftOut.count - named) more" : ""
        return "left out: " + leftOut.prefix(named).joined(separator: ", ") + more
    }
}
