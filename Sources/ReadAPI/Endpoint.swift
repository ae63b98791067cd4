import Ledger
import Payments

/// What can be asked for. Routes, the errors of parameters and `openapi.json` are made from this table.
package struct Endpoint: Sendable {
    package enum Name: String, Sendable, CaseIterable {
        case payments
        case payment
        case orders
        case entries
        case transitions
        case anomalies
        case health
        case targets
    }

    /// How an answer is built from rows of views.
    package enum Answer: Sendable {
        /// `{"NAME": […], "next": …}`, with the place at which the list goes on.
        case pages(of: String)
        /// The same for the change feed: `next` is a number.
        case feed(of: String)
        case list(of: String)
        /// One row, and lists of others about it.
        case details(of: String, lists: [String])
    }

    package let name: Name
    package let path: String
    package let summary: String
    package let answer: Answer
    package var parameters: [Parameter] = []

    package static let all: [Endpoint] = [
        Endpoint(
            name: .payments,
            path: "/v1/payments",
            summary: "Payments, that with the newest update first.",
            answer: .pages(of: "payments"),
            parameters: [
                Parameter(
                    name: "search",
                    kind: .text(upTo: 300),
                    meaning: """
                        A gateway's id of the payment or of one of its operations, a reference, a checkout's token, or \
                        the last four digits of the card: these are looked for among the newest payments.
                        """
                ),
                Parameter(
                    name: "reference",
                    kind: .text(upTo: 300),
                    meaning: "Only with this reference. Whether its order is paid is said by /v1/orders."
                ),
                .account,
                Parameter(name: "state", kind: .word(State.allCases.map(\.rawValue)), meaning: "Only in this state."),
                Parameter(
                    name: "purpose",
                    kind: .word(Purpose.allCases.map(\.rawValue)),
                    meaning: "Only for this purpose."
                ),
                Parameter(name: "paid", kind: .flag, meaning: "Only those that pay their order, or that do not."),
                Parameter(
                    name: "overdue",
                    kind: .flag,
                    meaning: "1: only those of which a poll is overdue. 0: the same as without."
                ),
                Parameter(
                    name: "test",
                    kind: .flag,
                    meaning: "1: only tests. 0: only others, also if the gateway does not say."
                ),
                Parameter(name: "from", kind: .time, meaning: "Only those updated at this time or later."),
                Parameter(name: "to", kind: .time, meaning: "Only those updated before this time."),
                .before, .limit,
            ]
        ),
        Endpoint(
            name: .payment,
            path: "/v1/payments/{account}/{payment_id}",
            summary: "One payment, and what is known about it: of each list the last thousand, the oldest first.",
            answer: .details(
                of: "payments",
                lists: [
                    "operations", "entries", "polls", "callbacks", "transitions", "anomalies", "forwards",
                ]
            )
        ),
        Endpoint(
            name: .orders,
            path: "/v1/orders",
            summary: "Whether an order is paid: one row an account and currency.",
            answer: .list(of: "orders"),
            parameters: [
                Parameter(
                    name: "reference",
                    kind: .text(upTo: 300),
                    meaning: "The merchant's own name of the order.",
                    isRequired: true
                ),
                .account,
            ]
        ),
        Endpoint(
            name: .entries,
            path: "/v1/entries",
            summary: "The merchant's books, in the order of seq. Go on with after=NEXT, also if a list is empty.",
            answer: .feed(of: "entries"),
            parameters: [.after, .account, .limit]
        ),
        Endpoint(
            name: .transitions,
            path: "/v1/transitions",
            summary: "The change feed, in the order of seq. Go on with after=NEXT, also if a list is empty.",
            answer: .feed(of: "transitions"),
            parameters: [
                .after, .account,
                Parameter(
                    name: "wait",
                    kind: .duration(upTo: 60),
                    meaning: "How long to wait for a transition if there is none yet. The list is empty if none came.",
                    standard: 0
                ),
                .limit,
            ]
        ),
        Endpoint(
            name: .anomalies,
            path: "/v1/anomalies",
            summary: "Anomalies, that opened last first.",
            answer: .pages(of: "anomalies"),
            parameters: [
                Parameter(name: "open", kind: .flag, meaning: "1: only those that are open. 0: the same as without."),
                Parameter(
                    name: "severity",
                    kind: .word(Severity.allCases.map(\.rawValue)),
                    meaning: "Only alarms, or only notices."
                ),
                Parameter(name: "kind", kind: .text(upTo: 100), meaning: "Only of this kind; see anomalies.kind."),
                .account, .before, .limit,
            ]
        ),
        Endpoint(
            name: .health,
            path: "/v1/health",
            summary: "How each account stands.",
            answer: .list(of: "account_health")
        ),
        Endpoint(
            name: .targets,
            path: "/v1/targets",
            summary: "Where callbacks are forwarded to and who is notified, and how that stands.",
            answer: .list(of: "targets")
        ),
    ]
}

extension Endpoint.Answer {
    /// The views whose rows it has.
    var views: [String] {
        switch self {
        case .pages(let view), .feed(let view), .list(let view): [view]
        case .details(let view, let lists): [view] + lists
        }
    }
}
