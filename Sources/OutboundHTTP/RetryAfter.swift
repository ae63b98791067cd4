package import Payments
import Telemetry

extension Duration {
    /// The longest that a gateway is not polled because it asked for a pause.
    private static let longestRetryAfter = Duration.seconds(3600)

    /// Parses a `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date; a past date is zero. nil for
    /// anything else.
    package init?(retryAfter text: String, at now: Timestamp) {
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // More digits than fit mean a long time.
            self = min(Int64(text).map(Duration.seconds) ?? Self.longestRetryAfter, Self.longestRetryAfter)
            return
        }
        guard let date = Timestamp(httpDate: text, at: now) else { return nil }
        self = min(max(date - now, .zero), Self.longestRetryAfter)
    }
}
