import Ledger
import Narration

/// The tables beneath a payment's story.
struct PaymentTables {
    private let details: PaymentDetails

    init(_ details: PaymentDetails) {
        self.details = details
    }

    var sections: [PaymentView.Section] {
        [
            section("operations", "Operations", "The gateway named no operations.", details.operations, operations),
            section("anomalies", "Anomalies", "Nothing contradicted itself.", details.anomalies, anomalies),
            section("callbacks", "Callbacks", "No callback about it has arrived.", details.callbacks, callbacks),
            section("polls", "Polls", "The gateway was never polled about it.", details.polls, polls),
            section("forwards", "Passed on", "Nothing about it was to be passed on.", details.forwards, forwards),
        ]
    }

    private func section(
        _ anchor: String,
        _ heading: String,
        _ none: String,
        _ rows: [ViewRow],
        _ table: ([ViewRow]) -> TableView
    ) -> PaymentView.Section {
        PaymentView.Section(
            anchor: anchor,
            heading: heading,
            table: rows.isEmpty ? nil : table(rows),
            none: rows.isEmpty ? none : nil
        )
    }

    private func operations(_ rows: [ViewRow]) -> TableView {
        TableView(
            Self.count(rows, "operation", "operations"),
            order: "the oldest first",
            [
                .text("Operation"), .text("Type"), .text("State"), .number("Amount"), .text("Result"),
                .text("Gateway's time"),
            ],
            rows.map { row in
                [
                    .text(row.text("operation_id")), .text(row.text("type")),
                    .badge(Badge(state: row.text("state")), note: row.text("status").quoted),
                    .money(row.shownMoney("amount_minor")), .text(row.text("code"), note: row.word("message")),
                    .time(row.shownTime("gateway_updated_at")),
                ]
            }
        )
    }

    private func anomalies(_ rows: [ViewRow]) -> TableView {
        TableView(
            Self.count(rows, "anomaly", "anomalies"),
            order: "the oldest first",
            [.text("Kind"), .text("Severity"), .text("Opened"), .text("Closed"), .text("What happened")],
            rows.map { row in
                let isOpen = row.text("closed_at").isEmpty
                let all = PagePath.list("/anomalies", [("which", isOpen ? nil : "all"), ("kind", row.text("kind"))])
                return [
                    .link(row.text("kind"), to: all),
                    .badge(Badge(severity: row.text("severity"), isOpen: isOpen)),
                    .time(row.shownTime("opened_at")), .time(row.shownTime("closed_at")),
                    .text(row.text("detail"), note: row.word("resolution")),
                ]
            }
        )
    }

    private func callbacks(_ rows: [ViewRow]) -> TableView {
        TableView(
            Self.count(rows, "callback", "callbacks"),
            order: "the oldest first",
            [
                .text("Evidence"), .text("Arrived"), .text("Status"), .text("Effect"), .number("Times"), .text("From"),
                .text("Left out"),
            ],
            rows.map { row in
                [
                    .text("callback:\(row.text("id"))"), .time(row.shownTime("received_at")),
                    .text(row.text("status").quoted ?? ""), .badge(Badge(effect: row.text("effect"))),
                    .number(row.number("deliveries")), .text(row.text("remote_address")), .text(row.text("detail")),
                ]
            }
        )
    }

    private func polls(_ rows: [ViewRow]) -> TableView {
        TableView(
            Self.count(rows, "poll", "polls"),
            order: "the oldest first",
            [
                .text("Evidence"), .text("Asked"), .text("Answered"), .text("Status"), .text("Outcome"),
                .number("HTTP"), .text("Detail"),
            ],
            rows.map { row in
                [
                    .text("poll:\(row.text("id"))", note: row.word("endpoint")), .time(row.shownTime("asked_at")),
                    .time(row.shownTime("answered_at")), .text(row.text("status").quoted ?? ""),
                    .badge(Badge(effect: row.text("outcome"))), .number(row.number("http_status")),
                    .text(row.text("detail")),
                ]
            }
        )
    }

    private func forwards(_ rows: [ViewRow]) -> TableView {
        TableView(
            Self.count(rows, "delivery", "deliveries"),
            order: "the oldest first",
            [
                .text("Evidence"), .text("Target"), .text("State"), .number("Attempts"), .text("Delivered"),
                .text("Next attempt"), .text("Last answer"),
            ],
            rows.map { row in
                let (status, error) = (row.text("last_status"), row.text("last_error"))
                let answer = status.isEmpty ? "" : "HTTP \(status)"
                return [
                    .text("callback:\(row.text("callback_id"))"), .text(row.text("target")),
                    .badge(Badge(forward: row.text("state"))), .number(row.number("attempts")),
                    .time(row.shownTime("delivered_at")), .time(row.shownTime("next_attempt_at")),
                    .text(error.isEmpty ? answer : error, note: error.isEmpty || answer.isEmpty ? nil : answer),
                ]
            }
        )
    }

    private static func count(_ rows: [ViewRow], _ one: String, _ many: String) -> String {
        rows.count == 1 ? "1 \(one)" : "\(rows.count) \(many)"
    }
}
