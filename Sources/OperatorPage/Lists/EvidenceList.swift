import Ledger
import Narration
import Payments

/// The pages `/rejected`, `/callbacks` and `/subscriptions`.
struct EvidenceList {
    enum Kind: String {
        case rejected
        case callbacks
        case subscriptions
    }

    let kind: Kind
    private let request: ListRequest
    private let accounts: [String]

    init(_ kind: Kind, _ form: FormFields, accounts: [String]) {
        self.kind = kind
        request = ListRequest("/\(kind.rawValue)", form, kind.names)
        self.accounts = accounts
    }

    func page(from reader: LedgerReader) async throws -> Page {
        let (form, before) = (request.form, request.before)
        return switch kind {
        case .rejected:
            try await reader.rejected(
                account: form["account"],
                reason: form["reason"],
                before: before,
                limit: ListRequest.limit
            )
        case .callbacks:
            try await reader.callbacks(
                account: form["account"],
                effect: form["effect"],
                verdict: form["verdict"],
                before: before,
                limit: ListRequest.limit
            )
        case .subscriptions:
            try await reader.subscriptions(
                account: form["account"],
                state: form["state"],
                before: before,
                limit: ListRequest.limit
            )
        }
    }

    func view(of page: Page) -> Listing {
        let names = kind.names
        let form = request.form
        let choices = kind.filters.map { name, label, values in
            Listing.Field.choice(name, label, values, chosen: form[name])
        }
        return Listing(
            heading: heading,
            lead: lead,
            path: request.path,
            formName: "Filter the list",
            fields: [.choice("account", "Account", accounts, chosen: form["account"])] + choices,
            search: "Show",
            clear: request.isSearch(names) ? TableView.Link(href: request.path, name: "Clear") : nil,
            problems: request.problems,
            table: page.rows.isEmpty ? nil : table(page.rows),
            nothing: page.rows.isEmpty ? nothing(page, names) : nil,
            pager: request.pager(of: page, names)
        )
    }

    var heading: String {
        switch kind {
        case .rejected: "Rejected"
        case .callbacks: "Callbacks"
        case .subscriptions: "Subscriptions"
        }
    }

    private var lead: String {
        switch kind {
        case .rejected:
            """
            Requests that were refused, kept for some days so that a wrong key can be found and corrected. They prove \
            nothing.
            """
        case .callbacks: "Every authentic callback; the same bytes are one of them, however often they arrived."
        case .subscriptions: "Subscriptions of eComCharge, as their last callback told."
        }
    }

    private func nothing(_ page: Page, _ names: [String]) -> Listing.Nothing {
        if request.isSearch(names) || page.searchedBackTo != nil {
            let place = page.searchedBackTo == nil ? "in all that is kept" : "among the newest"
            let searched = request.isSearch(names) ? "Looked for \(request.words(names)), " : "Looked "
            return Listing.Nothing(what: "Nothing was found.", advice: "\(searched)\(place).")
        }
        return switch kind {
        case .rejected: Listing.Nothing(what: "No request was refused.", advice: nil)
        case .callbacks:
            Listing.Nothing(
                what: "No callback has arrived yet.",
                advice: "The first page says where to point the gateways."
            )
        case .subscriptions: Listing.Nothing(what: "There are no subscriptions.", advice: nil)
        }
    }

    private func table(_ rows: [ViewRow]) -> TableView {
        switch kind {
        case .rejected: Self.rejected(rows)
        case .callbacks: Self.callbacks(rows)
        case .subscriptions: Self.subscriptions(rows)
        }
    }

    private static func rejected(_ rows: [ViewRow]) -> TableView {
        TableView(
            rows.count == 1 ? "1 request" : "\(rows.count) requests",
            order: "the newest first",
            [
                .text("Number"), .text("Arrived"), .text("Account"), .text("Reason"), .text("From"), .number("Bytes"),
                .text("Content-Signature"),
            ],
            rows.map { row in
                [
                    .text(row.text("id")), .time(row.shownTime("received_at")), .text(row.text("account")),
                    .badge(Badge(row.text("reason"), .warn)), .text(row.text("remote_address")),
                    .number(row.number("size")), .text(row.text("signature").cut(to: 24)),
                ]
            }
        )
    }

    private static func callbacks(_ rows: [ViewRow]) -> TableView {
        TableView(
            rows.count == 1 ? "1 callback" : "\(rows.count) callbacks",
            order: "the last recorded first",
            [
                .text("Number"), .text("Arrived"), .text("Account"), .text("Payment"), .text("Status"), .text("Effect"),
                .number("Times"), .text("From"),
            ],
            rows.map { row in
                let id = row.text("payment_id")
                return [
                    .text(row.text("id")), .time(row.shownTime("received_at")), .text(row.text("account")),
                    id.isEmpty ? .text("") : .link(id, to: PagePath.payment(id, account: row.text("account"))),
                    .text(row.text("status")),
                    .badge(
                        Badge(effect: row.text("effect")),
                        note: row.text("verdict") == Verdict.valid.rawValue ? nil : row.text("verdict")
                    ),
                    .number(row.number("deliveries")), .text(row.text("remote_address")),
                ]
            }
        )
    }

    private static func subscriptions(_ rows: [ViewRow]) -> TableView {
        TableView(
            rows.count == 1 ? "1 subscription" : "\(rows.count) subscriptions",
            order: "the newest first",
            [
                .text("Subscription"), .text("State"), .text("Plan"), .number("Amount"), .number("Paid cycles"),
                .text("Last payment"), .text("Renews"), .text("Account"),
            ],
            rows.map { row in
                let id = row.text("payment_id")
                return [
                    .text(row.text("subscription_id"), note: row.word("reference")),
                    .badge(Badge(row.text("state"), tone(row.text("state"))), note: row.text("status").quoted),
                    .text(row.text("plan")), .money(row.shownMoney("amount_minor")), .number(row.number("paid_cycles")),
                    id.isEmpty ? .text("") : .link(id, to: PagePath.payment(id, account: row.text("account"))),
                    .time(row.shownTime("renews_at")), .text(row.text("account")),
                ]
            }
        )
    }

    private static func tone(_ state: String) -> Badge.Tone {
        switch SubscriptionState(rawValue: state) {
        case .active, .trial: .good
        case .pastDue, .failed: .bad
        case .pending: .warn
        case .cancelled, .expired, .unknown, nil: .quiet
        }
    }
}

extension EvidenceList.Kind {
    /// The fields of the search.
    fileprivate var names: [String] { ["account"] + filters.map { $0.name } }

    fileprivate var filters: [(name: String, label: String, values: [String])] {
        switch self {
        case .rejected: [("reason", "Reason", ["unauthenticated", "forged", "foreign", "malformed"])]
        case .callbacks:
            [
                ("effect", "Effect", Effect.allCases.map(\.rawValue)),
                ("verdict", "Verdict", Verdict.allCases.map(\.rawValue)),
            ]
        case .subscriptions: [("state", "State", SubscriptionState.allCases.map(\.rawValue))]
        }
    }
}
