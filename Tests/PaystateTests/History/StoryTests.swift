import Ledger
import Narration
import Payments
import Testing

/// The text of `show`, as a person reads it.
@Suite struct StoryTests {
    @Test func `silence, an outage, a step back and a refund are told in order, each with its reason`() async throws {
        let bench = try StoryBench()
        try await Self.regression(bench)
        let story = try bench.story(of: "ORDER-17", at: 90_100)
        #expect(
            story == """
                ORDER-17 at eu-shop (ecommpay) is partially_refunded («partially refunded»): 52.00 EUR, 12.00 EUR of
                it refunded.
                  paid            yes

                Operations
                OPERATION  TYPE    STATE      STATUS              AMOUNT     CODE  GATEWAY TIME
                501        sale    succeeded  success             52.00 EUR        2026-11-22T10:05:02.000Z
                502        refund  succeeded  partially refunded  12.00 EUR        2026-11-23T11:00:00.000Z

                2026-11-22
                  10:00:01.250  A callback arrived from 10.0.0.1, authenticated by its signature with key eu-shop
                                (callback:1). It says «processing»: the first report about this payment, so it was
                                applied.
                                The payment is pending. Operation 501 (sale, 52.00 EUR) is pending.
                  10:01:01.300  Nothing new arrived for a minute, so the gateway was polled (poll:1). It gave no
                                usable answer (no connection); this does not count, and it is polled again.
                  10:02:20.000  The gateway was polled again (poll:2, payment/status). It answered after 0.2 s (HTTP
                                200) «success», and the payment was not final, so it was applied.
                                The payment goes from pending to succeeded. Operation 501 (sale, 52.00 EUR) goes
                                from pending to succeeded.
                  10:05:01.000  A callback arrived from 10.0.0.1, authenticated by its signature with key eu-shop
                                (callback:2). The same bytes arrived twice, last at 10:05:10.000: they count once.
                                It says «decline», a step back from a final state, which a callback alone cannot
                                cause: it is held until the gateway has answered.
                                Alarm regression raised.
                  10:05:11.000  To settle what callback:2 left open, the gateway was polled (poll:3,
                                payment/status). It answered at once (HTTP 200) «success», which was already known:
                                nothing changed.
                                This settles the alarm regression: the gateway was asked, and its answer stands.

                2026-11-23
                  11:00:01.000  A callback arrived from 10.0.0.1, authenticated by its signature with key eu-shop
                                (callback:3). It says «partially refunded», a valid next step for the payment, so it
                                was applied.
                                The payment goes from succeeded to partially_refunded, 12.00 EUR refunded. Operation
                                502 (refund, 12.00 EUR) has succeeded.

                What happens next
                  It is final and is no longer polled. Callbacks are still processed.
                """
        )
    }

    @Test func `a callback that was refused at first is told where it took effect`() async throws {
        let bench = try StoryBench()
        let report = Report.stated("processing", .pending, at: 0)
        try await bench.callback(.report(report), at: 1, reverified: 90)
        let story = try bench.story(of: "ORDER-17", at: 100)
        #expect(
            story.contains(
                """
                  10:01:30.000  A callback that arrived from 10.0.0.1 at 10:00:01.000, and was rejected then, was
                                verified again after a key was corrected: it is authenticated by its signature with
                                key eu-shop (callback:1). It says «processing»: the first report about this payment,
                                so it was applied.
                                The payment is pending.
                """
            ),
            "\(story)"
        )
    }

    @Test func `a payment that nobody ever heard of ends unresolved, and what to do is said`() async throws {
        let bench = try StoryBench()
        let expectation = Expectation(reference: "order-9", amount: 5200, currency: "EUR")
        try await bench.instruct(.watch(expectation), .payment(id: "W-1"), at: 0)
        for time in [60.0, 180, 400, 900] { try await bench.answer(.notFound, asked: time, http: 404) }
        let story = try bench.story(of: "order-9", at: 1000, width: 72)
        #expect(
            story == """
                Nothing is known about W-1 at eu-shop (ecommpay) yet.
                  your reference  order-9
                  you expect      52.00 EUR

                2026-11-22
                  10:00:00.000  A person or program started to watch the payment,
                                expecting the reference order-9 and 52.00 EUR
                                (operator:1).
                                Nothing is known about the payment yet.
                  10:01:00.000  Nothing had arrived for a minute, so the gateway was
                                polled (poll:1, payment/status). It answered after 0.2 s
                                (HTTP 404): not found. This is not a failure: perhaps
                                the buyer has not paid yet.
                  10:06:40.000  Another 2 polls had the same result; this was the last
                                of them (poll:3).
                  10:15:00.000  Nothing had arrived for 15 minutes, so the gateway was
                                polled (poll:4, payment/status). It answered after 0.2 s
                                (HTTP 404): not found. This is not a failure: perhaps
                                the buyer has not paid yet.
                                Notice unresolved recorded: the gateway was asked often
                                and long enough without saying how the payment ends (its
                                last answer: not_found); it is no longer polled, and
                                nothing is assumed.

                What happens next
                  The gateway was polled long enough, and this payment was given up on
                  (unresolved): how it ended is not known, and nothing is assumed. Look
                  it up in the gateway's back office; `paystate poll eu-shop W-1` polls
                  it again.
                """
        )
    }

    @Test func `a refund that comes before its payment has the payment asked for`() async throws {
        let bench = try StoryBench()
        let refund = Report.transaction("2-r", .refund, type: "refund", parent: "1-p", at: 5)
        try await bench.callback(.report(refund), at: 6, account: "by-shop")
        let payment = Report.transaction("1-p", .payment, type: "payment", amount: 800, at: 1)
        try await bench.answer(.report(payment), asked: 6.1, account: "by-shop")
        let story = try bench.story(of: "2-r", at: 8)
        #expect(
            story == """
                1-p at by-shop (ecomcharge) is partially_refunded («successful»): 8.00 USD, 5.00 USD of it refunded.
                  paid            yes
                  your reference  order-9

                Operations
                OPERATION  TYPE     STATE      STATUS      AMOUNT    CODE  GATEWAY TIME
                2-r        refund   succeeded  successful  5.00 USD        2026-11-22T10:00:05.000Z
                1-p        payment  succeeded  successful  8.00 USD        2026-11-22T10:00:01.000Z

                2026-11-22
                  10:00:06.000  A callback arrived from 10.0.0.1, authenticated by its Basic credentials (by-shop)
                                (callback:1). It says «successful» about operation 2-r: the first report about this
                                operation, so it was applied.
                                The payment is unknown, 5.00 USD refunded. Operation 2-r (refund, 5.00 USD) has
                                succeeded.
                  10:00:06.100  The last report left something open, so the gateway was polled at once (poll:1,
                                payment/status). It answered after 0.2 s (HTTP 200) «successful»: the first report
                                about this payment, so it was applied.
                                The payment goes from unknown to partially_refunded: 8.00 USD. Operation 1-p
                                (payment, 8.00 USD) has succeeded.

                What happens next
                  It is final and is no longer polled. Callbacks are still processed.
                """
        )
    }

    @Test func `a callback that proves no structure is held until the gateway is heard`() async throws {
        let bench = try StoryBench()
        let report = Report.stated("success", .succeeded, at: 0)
        try await bench.callback(.unproven(report), at: 1, verdict: .ambiguous)
        let held = try bench.story(of: "ORDER-17", at: 1.5, width: 1000)
        #expect(held.contains("because of a «;» in it the signature does not prove which field a value belongs to"))
        #expect(held.contains("Notice ambiguous_signature raised."))
        #expect(held.contains("Held: callback:1."))
        #expect(held.contains("A poll is needed to settle what callback:1 left open. The payment is being polled now."))
        try await bench.answer(.report(report), asked: 2)
        let story = try bench.story(of: "ORDER-17", at: 3, width: 1000)
        let poll = "To settle what callback:1 left open, the gateway was polled (poll:1, payment/status)."
        #expect(story.contains(poll), "\(story)")
        #expect(story.contains("This settles the notice ambiguous_signature"))
        #expect(!story.contains("Held:"))
    }

    @Test func `an answer that was overtaken by a callback settles nothing, and stands where it came`() async throws {
        let bench = try StoryBench()
        try await bench.callback(.report(.stated("processing", .pending, at: 0)), at: 1)
        try await bench.instruct(.poll, .payment(id: "ORDER-17"), at: 30)
        try await bench.answer(.report(.stated("decline", .failed, at: 20)), asked: 31, after: 3) {
            try await bench.callback(.report(.stated("success", .succeeded, at: 20)), at: 32)
        }
        let story = try bench.story(of: "ORDER-17", at: 35, width: 1000)
        #expect(
            story.contains(
                """
                  10:00:34.000  The answer to the poll at 10:00:31.000 arrived (poll:1, payment/status). It answered \
                after 3.0 s (HTTP 200) «decline», but a callback that arrived meanwhile says otherwise: \
                nothing is settled, the gateway is polled again.
                """
            )
        )
        #expect(story.contains("A poll is needed to settle what poll:1 left open."))
    }

    @Test func `a gateway in trouble is said to be left alone, until when and why`() async throws {
        let bench = try StoryBench()
        try await bench.callback(.report(.stated("processing", .pending, at: 0)), at: 1)
        try await bench.ledger.pause("eu-shop", until: StoryBench.time(100.5), reason: .unavailable)
        let sentence = "The gateway is in trouble (unavailable): polling is paused until 10:01:40."
        #expect(try bench.story(of: "ORDER-17", at: 90, width: 1000).contains(sentence))
        #expect(try bench.story(of: "ORDER-17", at: 2, width: 1000).contains(sentence))
        #expect(!(try bench.story(of: "ORDER-17", at: 101, width: 1000).contains("in trouble")))
        try await bench.answer(.unavailable, pause: .seconds(10), asked: 91, detail: "connection refused")
        try await bench.ledger.pause("eu-shop", until: StoryBench.time(400.5), reason: .unavailable)
        let reason = "The gateway is in trouble (unavailable: connection refused): polling is paused until 10:06:40."
        #expect(try bench.story(of: "ORDER-17", at: 95, width: 1000).contains(reason))
    }

    @Test func `a subscription that the gateway does not know is no unpaid one`() async throws {
        let bench = try StoryBench()
        try await bench.instruct(.poll, .subscription(id: "sbs_1"), at: 0, account: "by-shop")
        try await bench.answer(.notFound, asked: 1, http: 404, account: "by-shop")
        let story = try bench.story(of: "sbs_1", at: 2, width: 1000)
        #expect(story.contains("This is not a failure: check its id and the account."))
    }

    @Test func `a token of which nothing came is found by its token and by its reference`() async throws {
        let bench = try StoryBench()
        let watch = Instruction.Command.watch(Expectation(reference: "order-10"))
        try await bench.instruct(watch, .checkout(token: "t0k3n"), at: 0, account: "by-shop")
        let story = try bench.story(of: "t0k3n", at: 18_000, width: 1000)
        #expect(story == (try bench.story(of: "order-10", at: 18_000, width: 1000)))
        #expect(story.hasPrefix("Checkout t0k3n at by-shop (ecomcharge) is pending: not paid yet."))
        #expect(story.contains("The poll was due at 10:01:00.000, 5 hours ago: either no daemon is running"))
    }

    @Test func `a subscription is told of by its id, and asked about only when somebody wants it`() async throws {
        let bench = try StoryBench()
        var report = SubscriptionReport(id: "sbs_1", status: Status(word: "active", state: .succeeded))
        report.plan = "gold"
        report.amount = 500
        report.currency = "USD"
        try await bench.callback(.report(Report(subscription: report)), at: 1, account: "by-shop")
        let story = try bench.story(of: "sbs_1", at: 2, width: 1000)
        #expect(story.hasPrefix("Subscription sbs_1 at by-shop (ecomcharge) is «active»: gold, 5.00 USD."))
        #expect(story.contains("It says «active»: the first report about this subscription, so it was applied."))
        #expect(story.contains("`paystate poll by-shop --subscription sbs_1`"))
    }

    @Test func `long ids fit a terminal of 80 columns`() async throws {
        let bench = try StoryBench()
        let (payment, refund) = ("8505c604-5656-4b3d-ae65-a034ba10c126", "8bb32487-067a-401a-a0b8-4af59e25b416")
        let paid = Report.transaction(payment, .payment, type: "payment", amount: 800, at: 1)
        try await bench.callback(.report(paid), at: 2, account: "by-shop")
        let refunded = Report.transaction(refund, .refund, type: "refund", parent: payment, at: 5)
        try await bench.callback(.report(refunded), at: 6, account: "by-shop")
        let story = try bench.story(of: payment, at: 8, width: 80)
        #expect(story.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(story)")
        let told = "  \(refund)\n    refund, succeeded («successful»), 5.00 USD, 2026-11-22T10:00:05.000Z\n"
        #expect(story.contains(told), "\(story)")
        #expect(try bench.story(of: payment, at: 8, width: 200).contains("OPERATION "))
    }

    @Test func `what is open says since when, and what to do`() async throws {
        let bench = try StoryBench()
        let expectation = Expectation(amount: 9900, currency: "USD")
        try await bench.instruct(.watch(expectation), .payment(id: "ORDER-17"), at: 0)
        try await bench.callback(.report(.stated("hologram", .unknown, at: 0)), at: 1)
        let odd = try bench.story(of: "ORDER-17", at: 2, width: 1000)
        #expect(odd.contains("Open since 10:00:01.000: unknown_status"))
        #expect(odd.contains("Paystate does not know what «hologram» means."))
        try await bench.callback(.report(.stated("success", .succeeded, at: 3)), at: 3)
        let story = try bench.story(of: "ORDER-17", at: 4, width: 1000)
        for kind in ["amount_mismatch", "currency_mismatch"] {
            #expect(story.contains("Alarm \(kind) raised"))
            #expect(story.contains("Open since 10:00:03.000: \(kind)"))
        }
        #expect(story.contains("This settles the alarm unknown_status"))
        #expect(story.contains("paid            no"))
        #expect(story.contains("you expect      99.00 USD"))
    }

    @Test func `one occurrence can be told alone, with how things stand and what comes next`() async throws {
        let bench = try StoryBench()
        try await Self.regression(bench)
        let story = try bench.story(of: "ORDER-17", at: 90_100, width: 1000, evidence: "poll:3")
        #expect(story.contains("(poll:3, payment/status)"))
        #expect(!story.contains("callback:1"))
        #expect(!story.contains("Operations"))
        #expect(story.contains("is partially_refunded"))
        #expect(story.contains("What happens next"))
    }

    @Test func `a gateway's words cannot steer the terminal`() async throws {
        let bench = try StoryBench()
        let report = Report.stated("\u{1B}[2J", .unknown, id: "EP\u{7}-1", type: "\u{9B}1m", at: 0)
        try await bench.callback(.report(report), at: 1)
        let story = try bench.story(of: "EP\u{7}-1", at: 2)
        #expect(story.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    private static func regression(_ bench: StoryBench) async throws {
        try await bench.callback(.report(.stated("processing", .pending, at: 0)), at: 1.25)
        try await bench.answer(.unavailable, pause: .seconds(1), asked: 61.3, http: nil, detail: "no connection")
        try await bench.answer(.report(.stated("success", .succeeded, at: 50)), asked: 140)
        for time in [301.0, 310] {
            try await bench.callback(.report(.stated("decline", .failed, at: 300)), at: time)
        }
        try await bench.answer(.report(.stated("success", .succeeded, at: 302)), asked: 311, after: 0.05)
        let refund = Report.stated(
            "partially refunded",
            .partiallyRefunded,
            operation: "502",
            .refund,
            type: "refund",
            amount: 1200,
            at: 90_000
        )
        try await bench.callback(.report(refund), at: 90_001)
    }
}
