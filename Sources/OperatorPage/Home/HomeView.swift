import Ledger
import Narration
import Payments

/// The first page: how it stands.
package struct HomeView: PageView {
    struct Number {
        let label: String
        let tone: String
        let link: TableView.Link?
        let plain: String?

        init(_ label: String, _ value: Int64, to href: String, _ tone: Badge.Tone? = nil) {
            self.label = label
            self.tone = value > 0 ? tone?.rawValue ?? "" : ""
            link = TableView.Link(href: href, name: String(value))
            plain = nil
        }

        init(_ label: String, _ text: String) {
            self.label = label
            tone = ""
            link = nil
            plain = text
        }
    }

    struct Last {
        let ago: String
        let iso: String
        let text: String
    }

    struct Account {
        let anchor: String
        let href: String
        let account: String
        let gateway: String
        let tone: String
        let word: String
        let last: Last?
        let never: String?
        let habit: String
        let spark: Sparkline?
        let numbers: [Number]
    }

    struct Fact {
        let label: String
        let text: String
    }

    struct Nothing {
        let what: String
        let advice: Phrase?
    }

    package let template = PageTemplate.home
    let troubles: Troubles?
    /// What is said if nothing is wrong.
    let calm: String?
    let nothing: Nothing?
    let accounts: [Account]
    let targets: TableView?
    let facts: [Fact]

    package init(_ standing: Standing, token: String) {
        let troubles = Troubles(standing)
        self.troubles = troubles
        calm = troubles == nil && !standing.accounts.isEmpty ? "Nothing needs you." : nil
        let paths = standing.configured.map { "`/callbacks/\($0)`" }
        nothing =
            standing.accounts.contains { !$0.text("last_callback_at").isEmpty }
            ? nil
            : Nothing(
                what: "No callback has arrived yet.",
                advice: Phrase(
                    paths.isEmpty
                        ? "No account is configured: see `paystate help`."
                        : """
                        Point the notification URL of each gateway to your public address with the path \
                        \(paths.prefix(20).joined(separator: ", ")); `paystate doctor` checks what stands in between.
                        """
                )
            )
        let hours = Dictionary(grouping: standing.hours) { $0.text("account") }
        accounts = standing.accounts.map { row in
            Account(row, Sparkline(hours[row.text("account")] ?? [], now: standing.now), now: standing.now)
        }
        targets = standing.targets.isEmpty ? nil : Self.table(of: standing.targets, token: token)
        facts = standing.facts
    }

    private static func table(of rows: [ViewRow], token: String) -> TableView {
        TableView(
            rows.count == 1 ? "1 target" : "\(rows.count) targets",
            order: "by kind, account and name",
            [
                .text("Target"), .text("State"), .number("Waiting"), .number("Given up"), .text("Last success"),
                .text("Last answer"), .text("Deliver"),
            ],
            rows.map { row in
                let kind = row.text("kind")
                let account = row.text("account")
                let place = [kind, account, row.text("url")].filter { !$0.isEmpty }.joined(separator: ", ")
                let pause = row.shownTime("paused_until").map { "until \($0.text)" }
                let behind = row.number(kind == "notify" ? "behind" : "waiting")
                let isRemoved = row.text("state") == "removed"
                let hasGivenUp = row.text("state") == "gave_up" || (row.number("gave_up") ?? 0) > 0
                let isStuck = (behind ?? 0) > 0 || hasGivenUp
                let answer = Self.answer(of: row)
                let path = PagePath.list(
                    PagePath.target(kind: kind, name: row.text("name")),
                    [("account", account.isEmpty ? nil : account)]
                )
                return [
                    .text(row.text("name"), note: place),
                    .badge(Badge(target: row.text("state")), note: pause),
                    .number(behind), .number(row.number("gave_up")), .time(row.shownTime("last_success_at")),
                    .text(answer, note: row.word("pause_reason").flatMap { answer.tells($0) ? nil : $0 }),
                    .button(
                        isStuck && !isRemoved
                            ? TableView.Button(action: path, token: token, verb: "Deliver again") : nil
                    ),
                ]
            }
        )
    }

    /// Why the last attempt failed, or else the status of the last answer.
    private static func answer(of row: ViewRow) -> String {
        if let error = row.word("last_error") { return error }
        return row.word("last_status").map { "HTTP \($0)" } ?? ""
    }
}

extension String {
    /// Whether a reason says nothing that this does not say already.
    fileprivate func tells(_ reason: String) -> Bool {
        !isEmpty && (contains(reason) || reason.contains(self))
    }
}

extension HomeView.Account {
    fileprivate init(_ row: ViewRow, _ spark: Sparkline?, now: Timestamp) {
        let name = row.text("account")
        account = name
        anchor = "account-\(PagePath.encoded(name))"
        href = PagePath.list("/payments", [("account", name)])
        gateway = row.text("gateway")
        self.spark = spark
        let arrived = row.time("last_callback_at")
        last = arrived.map { time in
            let shown = ShownTime(time)
            return HomeView.Last(ago: "\((now - time).words) ago", iso: shown.iso, text: shown.text)
        }
        never = arrived == nil ? "No callback has ever arrived." : nil
        let usual = row.number("usual_silence_seconds").map { Duration.seconds($0).words }
        habit =
            usual.map { "At this hour of the week (UTC), at most \($0) usually pass." }
            ?? (arrived == nil
                ? "Its gateway has to be pointed to /callbacks/\(name)." : "What is usual is not known yet.")
        let isSilent = row.number("is_silent") == 1
        let alarms = row.number("open_alarms") ?? 0
        let badge =
            if isSilent {
                Badge("silent", .bad)
            } else if alarms > 0 {
                Badge("alarms", .bad)
            } else if row.number("rejection_spike") == 1 {
                Badge("refusing", .bad)
            } else {
                arrived == nil ? Badge("quiet", .quiet) : Badge("well", .good)
            }
        (word, tone) = (badge.word, badge.tone)
        let of: [(String, String?)] = [("account", name)]
        numbers = [
            .init("callbacks, 24 h", row.number("callbacks_24h") ?? 0, to: PagePath.list("/callbacks", of)),
            .init(
                "refused, 24 h",
                row.number("rejected_24h") ?? 0,
                to: PagePath.list("/rejected", of),
                row.number("rejection_spike") == 1 ? .bad : nil
            ),
            // Pending, authorized and unknown payments, which no one search lists.
            .init("not final", String(row.number("pending") ?? 0)),
            .init(
                "overdue",
                row.number("overdue") ?? 0,
                to: PagePath.list("/payments", of + [("overdue", "yes")]),
                .warn
            ),
            .init("found by polling", row.number("found_by_poll_percent").map { "\($0) %" } ?? "–"),
            .init("open alarms", alarms, to: PagePath.list("/anomalies", of + [("severity", "alarm")]), .bad),
        ]
    }
}

extension HomeView.Number: FrequentView {
    package static let members: Members = [
        "label": { $0.label }, "tone": { $0.tone }, "link": { $0.link }, "plain": { $0.plain },
    ]
}

extension HomeView.Account: FrequentView {
    package static let members: Members = [
        "anchor": { $0.anchor }, "href": { $0.href }, "account": { $0.account }, "gateway": { $0.gateway },
        "tone": { $0.tone }, "word": { $0.word }, "last": { $0.last }, "never": { $0.never }, "habit": { $0.habit },
        "spark": { $0.spark }, "numbers": { $0.numbers },
    ]
}
