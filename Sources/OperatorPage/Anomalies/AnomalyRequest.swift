package import Ledger
import Payments

/// What the query of `/anomalies` asks for.
package struct AnomalyRequest {
    private static let names = ["which", "severity", "kind", "account"]

    private let request: ListRequest
    private let accounts: [String]
    /// Whether those that are closed are listed too.
    let listsAll: Bool
    let severity: Severity?
    let kind: AnomalyKind?

    package init(_ form: FormFields, accounts: [String]) {
        var request = ListRequest("/anomalies", form, Self.names)
        severity = request.value("severity", as: Severity.self)
        kind = request.value("kind", as: AnomalyKind.self)
        listsAll = form["which"] == "all"
        self.request = request
        self.accounts = accounts
    }

    func page(from reader: LedgerReader) async throws -> Page {
        try await reader.anomalies(
            openOnly: !listsAll,
            severity: severity,
            kind: kind?.rawValue,
            account: request.form["account"],
            before: request.before,
            limit: ListRequest.limit
        )
    }

    package func view(of page: Page, token: String) -> AnomaliesView {
        let form = request.form
        let open = page.rows.filter { $0.text("closed_at").isEmpty }
        let closed = page.rows.filter { !$0.text("closed_at").isEmpty }
        let groups = [("open", "Open", open), ("closed", "Closed", closed)].filter { !$0.2.isEmpty }
        return AnomaliesView(
            fields: [
                .choice("which", "Which", ["open", "all"], chosen: listsAll ? "all" : "open", otherwise: nil),
                .choice("severity", "Severity", Severity.allCases.map(\.rawValue), chosen: form["severity"]),
                .choice("kind", "Kind", AnomalyKind.allCases.map(\.rawValue), chosen: form["kind"]),
                .choice("account", "Account", accounts, chosen: form["account"]),
            ],
            clear: request.isSearch(Self.names) ? TableView.Link(href: request.path, name: "Clear") : nil,
            problems: request.problems,
            nothing: page.rows.isEmpty ? nothing(page) : nil,
            groups: groups.map { anchor, group, rows in
                AnomaliesView.Group(anchor: anchor, group: group, anomalies: rows.map { .init($0, token: token) })
            },
            pager: request.pager(of: page, Self.names)
        )
    }

    private func nothing(_ page: Page) -> Listing.Nothing {
        let others = Self.names.filter { $0 != "which" }
        let searched = request.isSearch(others) ? "Searched for \(request.words(others))." : nil
        if page.searchedBackTo != nil {
            return Listing.Nothing(what: "Nothing was found so far.", advice: searched)
        }
        return Listing.Nothing(
            what: listsAll ? "There are no anomalies." : "No anomaly is open.",
            advice: searched ?? (listsAll ? nil : "Choose «all» to see those that were settled.")
        )
    }
}
