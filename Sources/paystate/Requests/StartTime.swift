import ConfigurationFile
import Gateways
package import Payments

/// The time from which on a command lists: a point in time, or how long ago.
package enum StartTime: Sendable, Equatable {
    case moment(Timestamp)
    case ago(Duration)

    /// Parses `2026-11-27T08:00:00Z`, which may end after the day, the minute or the second and is UTC then, or a
    /// duration such as `2h`; `nil` for any other text.
    package init?(_ text: String) {
        let complete = [text, text + "Z", text + ":00Z", text + "T00:00:00Z"]
        if let moment = complete.compactMap({ Self.parsed($0) }).first {
            self = .moment(moment)
        } else if let duration = try? Quantity.duration(text) {  // Any other text is refused as a whole.
            self = .ago(duration)
        } else {
            return nil
        }
    }

    /// The point in time, for a reader at this one.
    package func timestamp(at now: Timestamp) -> Timestamp {
        switch self {
        case .moment(let moment): moment
        case .ago(let duration): now - duration
        }
    }

    private static func parsed(_ text: String) -> Timestamp? {
        Array(text.utf8).withUnsafeBufferPointer { Timestamp(gatewayTime: $0) }
    }
}
