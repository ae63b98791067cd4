import Payments
import Synchronization

/// The `Date` of answers (RFC 9110, section 6.6.1), written out once a second, not once an answer.
final class AnswerDate: Sendable {
    private let now: @Sendable () -> Timestamp
    private let written = Mutex((second: Int64.min, text: ""))

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    var text: String {
        let moment = now()
        let second = moment.milliseconds / 1000
        return written.withLock { written in
            if written.second != second { written = (second, moment.httpDate) }
            return written.text
        }
    }
}
