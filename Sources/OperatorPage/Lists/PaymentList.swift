import Ledger
import Narration
import Payments

/// The page `/payments`.
struct PaymentList {
    private static let names = ["q", "account", "state", "purpose", "paid", "overdue", "test", "from", "to"]

    private let request: ListRequest
    private let accounts: [String]
    let search: PaymentSearch

    init(_ form: FormFields, accounts: [String], now: Timestamp) {
        var request = ListRequest("/payments", form, Self.names)
        search = PaymentSearch(
            text: form["q"],
            account: form["account"],
            state: request.value("state", as: State.self),
            purpose: request.value("purpose", as: Purpose.self),
            isPaid: request.flag("paid"),
            isOverdue: request.flag("overdue") ?? false,
            isTest: request.flag("test"),
            from: request.time("from"),
            to: request.time("to"),
            before: request.before,
            limit: ListRequest.limit,
            now: now
        )
        self.request = request
        self.accounts = accounts
    }

    func view(of page: Page) -> Listing {
        let form = request.form
        return Listing(
            heading: "Payments",
            lead: "What buyers paid, or are about to pay, and what was paid out.",
            path: request.path,
            formName: "Search the payments",
            fields: [
                .text("q", "Payment id, uid, reference, token or last 4 digits", form["q"]),
                .choice("account", "Account", accounts, chosen: form["account"]),
                .choice("state", "State", State.allCases.map(\.rawValue), chosen: form["state"]),
                .choice("purpose", "Purpose", Purpose.allCases.map(\.rawValue), chosen: form["purpose"]),
                .choice("paid", "Paid", ["yes", "no"], chosen: form["paid"]),
                .choice("overdue", "Poll overdue", ["yes"], chosen: form["overdue"]),
                .choice("test", "Test", ["yes", "no"], chosen: form["test"]),
                .time("from", "Changed from (UTC)", form["from"]),
                .time("to", "Changed before (UTC)", form["to"]),
            ],
            search: "Search",
            clear: request.isSearch(Self.names) ? TableView.Link(href: request.path, name: "Clear") : nil,
            problems: request.problems,
            table: page.rows.isEmpty ? nil : Self.table(page.rows),
            nothing: page.rows.isEmpty ? nothing(page) : nil,
            pager: request.pager(of: page, Self.names)
        )
    }

    private static func table(_ rows: [ViewRow]) -> TableView {
        TableView(
            rows.count == 1 ? "1 payment" : "\(rows.count) payments",
            order: "the last changed first",
            [
                .text("Payment"), .text("State"), .number("Amount"), .text("Paid"), .text("Reference"),
                .text("Account"), .text("Changed"),
            ],
            rows.map { row in
                let id = row.text("payment_id")
                let account = row.text("account")
                return [
                    .link(id, to: PagePath.payment(id, account: account), alarm: alarm(row)),
                    .badge(Badge(state: row.text("state")), note: row.text("status").quoted),
                    .money(row.shownMoney("amount_minor")),
                    .text(
                        row.number("paid") == 1 ? "paid" : "no",
                        note: row.number("test") == 1 ? "test" : nil
                    ),
                    .text(row.text("reference") == id ? "" : row.text("reference")),
                    .text(account),
                    .time(row.shownTime("updated_at")),
                ]
            }
        )
    }

    /// What marks a payment that a person should look at.
    private static func alarm(_ row: ViewRow) -> Badge? {
        (row.number("open_anomalies") ?? 0) > 0 ? Badge("open anomaly", .bad) : nil
    }

    private func nothing(_ page: Page) -> Listing.Nothing {
        guard request.isSearch(Self.names) else {
            return Listing.Nothing(
                what: "There are no payments yet.",
                advice: "They appear with the first callback of a gateway; the first page says where to point it."
            )
        }
        let searched = "Searched for \(request.words(Self.names))"
        guard page.searchedBackTo == nil else {
            return Listing.Nothing(what: "Nothing was found so far.", advice: "\(searched), in the newest payments.")
        }
        return Listing.Nothing(
            what: "Nothing was found.",
            advice: """
                \(searched), in all payments. Names have to be given in full, as the gateway or the shop writes them.
                """
        )
    }
}

extension String {
    /// In quotes, as the gateways' own words are shown; `nil` if it is empty.
    var quoted: String? { isEmpty ? nil : "«\(self)»" }
}
