import Payments
import Sandbox
import Testing

/// The events that can be triggered for a payment, and those that cannot.
@Suite struct EventsTests {
    /// The request and the events of one story, and its final state; `nil` if its last event is impossible.
    @Test(arguments: [
        ("sandbox-ecommpay", #""hold":true"#, "authorize capture refund", State.refunded),
        ("sandbox-ecommpay", #""hold":true"#, "authorize cancel", .cancelled),
        ("sandbox-ecommpay", #""hold":true"#, "succeed", nil),
        ("sandbox-ecommpay", #""hold":false"#, "authorize", nil),
        ("sandbox-ecommpay", #""hold":false"#, "decline_for_now begin succeed", .succeeded),
        ("sandbox-ecommpay", #""hold":false"#, "decline begin", nil),
        ("sandbox-ecommpay", #""hold":false"#, "decline succeed", .succeeded),
        ("sandbox-ecommpay", #""hold":false"#, "expire correct", .succeeded),
        ("sandbox-ecommpay", #""hold":false"#, "succeed correct", .failed),
        ("sandbox-ecommpay", #""hold":false"#, "succeed refuse", .succeeded),
        ("sandbox-ecommpay", #""hold":false"#, "succeed misreport", .succeeded),
        ("sandbox-ecommpay", #""hold":false"#, "succeed regress", .failed),
        ("sandbox-ecommpay", #""hold":false"#, "succeed reverse", .refunded),
        ("sandbox-ecommpay", #""hold":false"#, "succeed reverse refund", nil),
        ("sandbox-ecommpay", #""hold":false"#, "succeed settle", nil),
        ("sandbox-ecommpay", #""refunds_take_time":true"#, "succeed refund", .succeeded),
        ("sandbox-ecommpay", #""refunds_take_time":true"#, "succeed refund settle", .refunded),
        ("sandbox-ecommpay", #""refunds_take_time":true"#, "succeed refund fail_refund", .succeeded),
        ("sandbox-ecommpay", #""refunds_take_time":true"#, "succeed refund fail_refund refund settle", .refunded),
        ("sandbox-ecommpay", #""refunds_take_time":true"#, "succeed refund fail_refund regress", .failed),
        ("sandbox-ecommpay", #""refunds_take_time":true"#, "succeed refund refund", nil),
        ("sandbox-ecommpay", #""refunds_take_time":true"#, "succeed refund correct", nil),
        ("sandbox-ecommpay", #""refunds_take_time":true"#, "succeed refund regress", nil),
        ("sandbox-ecommpay", #""method":"directdebit-sepa""#, "challenge succeed", .succeeded),
        ("sandbox-ecommpay", #""hold":false"#, "renew", nil),
        ("sandbox-ecomcharge", #""hold":true"#, "authorize capture chargeback", .chargedBack),
        ("sandbox-ecomcharge", #""hold":true"#, "authorize cancel", .cancelled),
        ("sandbox-ecomcharge", #""hold":false"#, "succeed refund", .refunded),
        ("sandbox-ecomcharge", #""hold":false"#, "succeed cancel", nil),
        ("sandbox-ecomcharge", #""hold":false"#, "decline succeed", nil),
        ("sandbox-ecomcharge", #""hold":false"#, "decline begin", nil),
        ("sandbox-ecomcharge", #""checkout":true"#, "begin decline begin succeed", .succeeded),
        ("sandbox-ecomcharge", #""checkout":true"#, "begin succeed begin", nil),
        ("sandbox-ecomcharge", #""checkout":true"#, "expire begin", nil),
        ("sandbox-ecomcharge", #""checkout":true"#, "succeed", nil),
        ("sandbox-ecomcharge", #""method":"erip""#, "cancel", .cancelled),
        ("sandbox-ecomcharge", #""method":"erip""#, "expire succeed refund settle", .refunded),
        ("sandbox-ecomcharge", #""method":"erip""#, "expire succeed refund fail_refund", .succeeded),
        ("sandbox-ecomcharge", #""method":"erip""#, "succeed refund refund", nil),
        ("sandbox-ecomcharge", #""hold":false"#, "succeed correct", .failed),
        ("sandbox-ecomcharge", #""hold":false"#, "succeed misreport", .succeeded),
        ("sandbox-ecomcharge", #""hold":false"#, "succeed reverse", nil),
        ("sandbox-ecomcharge", #""hold":false"#, "refuse", nil),
        ("sandbox-ecomcharge", #""life":"subscribed""#, "unsubscribe renew", nil),
    ])
    func `events happen where the gateways' documents allow them`(
        _ account: String,
        _ member: String,
        _ events: String,
        _ end: State?
    ) async throws {
        // Time stands still, so that only requested events happen.
        try await RunningSandbox.run {
            $0.timeScale = 0.001
        } story: { running in
            _ = try await running.request(
                "/sandbox/payments",
                #"{"account":"\#(account)","reference":"one","amount_minor":900,\#(member)}"#
            )
            var last = 0
            for event in events.split(separator: " ") {
                last = try await running.request("/sandbox/payments/one/\(event)", "").status
            }
            #expect(last == (end == nil ? 409 : 200))
            if let end { #expect(running.sandbox.groundTruth().payments.last?.state == end) }
        }
    }
}
