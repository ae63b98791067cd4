import Sandbox

/// Why the figures would be meaningless.
enum InvalidRun: Error, CustomStringConvertible {
    case duplicate
    case nothingDue
    /// Some callbacks were not acknowledged.
    case refused(FloodReport)
    /// Fewer callbacks are in the database than were acknowledged.
    case lost(acknowledged: Int, recorded: Int)

    var description: String {
        switch self {
        case .nothingDue: "nothing was due in a ledger full of overdue payments"
        case .duplicate: "a callback was in the ledger before it was sent"
        case .refused(let report):
            "not everything was acknowledged: refused \(report.refused), \(report.failures) unanswered, "
                + "\(report.connectFailures) not connected"
        case .lost(let acknowledged, let recorded):
            "\(acknowledged) callbacks were acknowledged, but \(recorded) are in the database"
        }
    }
}
