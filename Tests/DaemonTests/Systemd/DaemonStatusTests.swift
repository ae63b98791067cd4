import Daemon
import Ledger
import Payments
import Testing

@Suite struct DaemonStatusTests {
    /// 2026-11-22T10:00:01.250Z
    private let now = Timestamp(milliseconds: 1_795_341_601_250)

    private func words(_ adapt: (inout DaemonStatus) -> Void) -> String {
        var condition = DaemonStatus(accounts: 3)
        condition.phase = .serving
        condition.addresses = ["127.0.0.1:8080"]
        adapt(&condition)
        return condition.words(at: now)
    }

    private func pulse(_ open: Int, _ last: Timestamp?) -> LedgerStatus {
        LedgerStatus(heartbeat: now, openPayments: open, lastCallbackAt: last)
    }

    @Test func `it says what is served, and when a callback came last`() {
        #expect(words { _ in } == "Listening on 127.0.0.1:8080; 3 accounts")
        #expect(
            words { $0.status = pulse(12, now) }
                == "Listening on 127.0.0.1:8080; 3 accounts; 12 payments open; last callback 10:00:01Z"
        )
        #expect(words { $0.status = pulse(1, nil) }.hasSuffix("; 1 payment open; no callback yet"))
        let yesterday = now - .seconds(86_400)
        #expect(
            words { $0.status = pulse(12, yesterday) }
                .hasSuffix("; 12 payments open; last callback 2026-11-21 10:00:01Z")
        )
    }

    @Test func `trouble comes first`() {
        let words = words {
            $0.rejection = "the disk is full"
            $0.couldNotReloadAt = now
        }
        #expect(
            words == """
                Callbacks are answered 503: the disk is full; The reload at \
                10:00:01Z failed, the previous configuration stays in effect; Listening on 127.0.0.1:8080; 3 accounts
                """
        )
        #expect(self.words { $0.phase = .failed("cannot listen") } == "Stopped: cannot listen")
    }
}
