/// What the page says after a button was pressed. The URL holds the code alone, so that nobody can put words here.
package enum PageMessage: String, Sendable, CaseIterable {
    case polled
    case acknowledged
    case delivered
    case nothingToDeliver = "nothing-to-deliver"
    case unknown
    case closed
    case badNote = "bad-note"
    case noTarget = "no-target"
    case notDeliverable = "not-deliverable"
    case notRecorded = "not-recorded"

    package var words: String {
        switch self {
        case .polled: "The gateway is polled now; the answer shows here as soon as it has come."
        case .acknowledged: "The anomaly is closed, with your note."
        case .delivered: "It is sent again now."
        case .nothingToDeliver: "There was nothing to send."
        case .unknown: "That is not known here; nothing was done."
        case .closed: "The anomaly was closed already; nothing was done."
        case .badNote: "Nothing was done: say in 1 to 1000 characters what you found out."
        case .noTarget: "Nothing was done: no such target is configured."
        case .notDeliverable: "Nothing was done: this cannot be sent to that target. The log says why."
        case .notRecorded: "Nothing was done: the database cannot be written now. Try again."
        }
    }

    /// Whether what the person wanted was done.
    var isDone: Bool {
        switch self {
        case .polled, .acknowledged, .delivered: true
        case .nothingToDeliver, .unknown, .closed, .badNote, .noTarget, .notDeliverable, .notRecorded: false
        }
    }
}
