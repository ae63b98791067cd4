/// What other receivers, and programs that follow the ledger, are told of when it is committed.
enum Doorbell {
    /// Something is to be polled at once.
    case pollRequest
    /// Transitions were recorded, up to this number.
    case transitions(upTo: Int64)

    /// The notification's text.
    var payload: String {
        switch self {
        case .pollRequest: Self.pollRequestPayload
        case .transitions(let seq): "\(seq)"
        }
    }

    /// Reads a notification's text; `nil` if it is none of ours.
    init?(payload: String) {
        if payload == Self.pollRequestPayload {
            self = .pollRequest
        } else if let seq = Int64(payload) {
            self = .transitions(upTo: seq)
        } else {
            return nil
        }
    }

    private static let pollRequestPayload = "poll"
}
