import Ledger
import OperatorPage
import Payments
import Testing

/// The pages as they are rendered from rows.
@Suite struct PageViewTests {
    private static let hostile = "\"\u{301}><script>alert(1)</script>\u{202E}"
    private static let now = Timestamp(milliseconds: 1_795_341_600_000)

    private static func row(_ columns: [(String, ViewRow.Value)]) -> ViewRow {
        ViewRow(columns: columns.map { (name: $0.0, value: $0.1) })
    }

    private static func html(_ view: some PageView) throws -> String {
        let frame = PageFrame(
            title: hostile,
            section: "/",
            refreshes: true,
            message: .polled,
            version: "test",
            readAt: ShownTime(now)
        )
        return try Templates().html(view, in: frame)
    }

    private static func entry(_ minor: Int64, _ currency: String = "EUR") -> ViewRow {
        row([("amount_minor", .integer(minor)), ("currency", .text(currency)), ("kind", .text("capture"))])
    }

    @Test func `the balance runs, in each currency by itself`() {
        let entries = [Self.entry(5200), Self.entry(-1200), Self.entry(100, "USD"), Self.entry(-4000)]
        let books = Books(entries, of: Self.row([("currency", .text("EUR")), ("balance_minor", .integer(0))]))
        #expect(books.lines.map { $0.balance } == [5200, 4000, 100, 0])
    }

    @Test func `where entries are missing, the balance ends as it stands`() {
        let entries = [ViewRow](repeating: Self.entry(1), count: Books.limit)
        let books = Books(entries, of: Self.row([("currency", .text("EUR")), ("balance_minor", .integer(5000))]))
        #expect(books.lines.first?.balance == 4001)
        #expect(books.lines.last?.balance == 5000)
    }

    @Test func `a balance that is too large does not trap`() {
        let books = Books([Self.entry(.max), Self.entry(.max)], of: Self.row([]))
        #expect(books.lines.last?.balance == .max)
    }

    @Test func `a week without callbacks has no sparkline, and one with has a bar for each hour`() throws {
        #expect(Sparkline([], now: Self.now) == nil)
        let rows = [0, 1, 500].map { hours in
            Self.row([
                ("hour", .text(ShownTime(Self.now - .seconds(3600 * hours)).iso)), ("callbacks", .integer(7)),
                ("usual_min", .integer(2)), ("usual_max", .integer(9)),
            ])
        }
        let spark = try #require(Sparkline(rows, now: Self.now))
        #expect(spark.bars.count(where: { $0 == "M" }) == 2)
        #expect(spark.band.count(where: { $0 == "M" }) == 2)
        #expect(spark.peak == "at most 7 an hour")
    }

    @Test func `the first page says first what is wrong, and nothing of it is taken for markup`() throws {
        let account = Self.row([
            ("account", .text(Self.hostile)), ("gateway", .text("ecommpay")), ("is_silent", .integer(1)),
            ("silent_for_seconds", .integer(7200)), ("usual_silence_seconds", .integer(60)),
            ("open_alarms", .integer(2)),
        ])
        let target = Self.row([
            ("kind", .text("forward")), ("account", .text("eu-shop")), ("name", .text("shop")),
            ("state", .text("paused")), ("waiting", .integer(214)), ("pause_reason", .text(Self.hostile)),
        ])
        let standing = Self.standing(account, target, at: Self.hostile)
        let html = try Self.html(HomeView(standing, token: "t"))
        #expect(html.contains("4 things are wrong"))
        #expect(html.contains("has had no callback for 2 hours"))
        #expect(html.contains("214 callbacks wait."))
        #expect(html.contains("<code>/callbacks/eu-shop</code>"))
        Self.expectHarmless(html)
    }

    @Test(
        arguments: [
            ("succeeded", 1, 0, 5200, "paid", nil), ("succeeded", 0, 1, 5200, "not paid", "a test payment"),
            ("succeeded", 0, 0, 0, "not paid", "nothing was captured"),
            ("succeeded", 0, 0, 5200, "not paid", "amount_mismatch"), ("failed", 0, 0, 0, "not paid", "it failed"),
            ("authorized", 0, 0, 0, "not paid", "held"), ("partially_refunded", 1, 0, 4000, "paid", "refunded"),
        ] as [(String, Int64, Int64, Int64, String, String?)]
    )
    func `whether a purchase is paid is said, and why not`(
        _ state: String,
        _ paid: Int64,
        _ test: Int64,
        _ balance: Int64,
        _ word: String,
        _ reason: String?
    ) {
        let payment = Self.row([
            ("state", .text(state)), ("purpose", .text("purchase")), ("paid", .integer(paid)), ("test", .integer(test)),
            ("balance_minor", .integer(balance)), ("captured_minor", .integer(balance)),
        ])
        let anomaly = Self.row([("kind", .text("amount_mismatch")), ("closed_at", .null)])
        let badge = PaidBadge(payment, anomalies: [anomaly])
        #expect(badge.word == word)
        if let reason {
            #expect(badge.reason?.contains(reason) == true, "\(badge.reason ?? "none")")
        } else {
            #expect(badge.reason == nil)
        }
    }

    @Test func `a payout is no purchase`() {
        let payout = Self.row([("state", .text("succeeded")), ("purpose", .text("payout")), ("paid", .integer(0))])
        #expect(PaidBadge(payout, anomalies: []).word == "no purchase")
    }

    private static func home(_ targets: [ViewRow], disk: FreeSpace? = nil) throws -> String {
        let standing = Standing(
            configured: ["eu-shop"],
            accounts: [],
            hours: [],
            targets: targets,
            unwritable: nil,
            disk: disk,
            place: "/var/lib/paystate/paystate.db",
            engine: "SQLite",
            version: "test",
            now: now
        )
        return try html(HomeView(standing, token: "t"))
    }

    @Test func `a target's troubles are counted in words, with the command that gives it up`() throws {
        let paused = Self.row([
            ("kind", .text("forward")), ("account", .text("eu-shop")), ("name", .text("shop")),
            ("state", .text("paused")), ("waiting", .integer(1)), ("pause_reason", .text("connection refused")),
            ("last_error", .text("connection refused")),
        ])
        let removed = Self.row([
            ("kind", .text("forward")), ("account", .text("eu-shop")), ("name", .text("old")),
            ("state", .text("removed")), ("waiting", .integer(3)),
        ])
        let html = try Self.home([paused, removed])
        #expect(html.contains("(connection refused): 1 callback waits."))
        #expect(html.contains("<code>paystate deliver --target shop --account eu-shop --drop</code>"))
        #expect(html.contains("Target old of eu-shop is not configured any more: 3 callbacks wait."))
        #expect(!html.contains(#"<span class="note">connection refused</span>"#))
        #expect(html.contains("/targets/forward/shop/deliver?account=eu-shop"))
    }

    @Test func `sizes are said as the commands say them`() throws {
        let disk = FreeSpace(bytes: 512 << 20, total: 64 << 30, isReadOnly: false)
        #expect(try Self.home([], disk: disk).contains("Only 512 MiB of the disk are free."))
    }

    @Test func `a page that says why there is no other keeps what others wrote as text`() throws {
        let html = try Self.html(ProblemView(Self.hostile, Self.hostile, "run `this`"))
        #expect(html.contains("<code>this</code>"))
        Self.expectHarmless(html)
    }

    /// A name that is missing in such a table would be looked for in the views around it, and in the end be empty.
    @Test func `what a page has many of gives each of its members by name`() throws {
        let account = Self.row([("account", .text("eu-shop")), ("open_alarms", .integer(1))])
        let target = Self.row([
            ("kind", .text("forward")), ("account", .text("eu-shop")), ("name", .text("shop")),
            ("state", .text("paused")), ("waiting", .integer(1)), ("last_success_at", .text(ShownTime(Self.now).iso)),
        ])
        let standing = Self.standing(account, target, at: "on a server")
        let anomaly = Self.row([("id", .integer(1)), ("opened_at", .text(ShownTime(Self.now).iso))])
        let anomalies = AnomalyRequest(FormFields(query: nil), accounts: ["eu-shop"])
            .view(of: Page(rows: [anomaly]), token: "t")
        var views: [any FrequentView] = [ShownMoney(1, "EUR")]
        views += Self.frequentViews(in: HomeView(standing, token: "t"))
        views += Self.frequentViews(in: anomalies)
        #expect(Set(views.map { String(describing: type(of: $0)) }).count == 11)
        for view in views {
            #expect(type(of: view).names == Set(Mirror(reflecting: view).children.compactMap(\.label)))
        }
    }

    /// One account and one target, and a disk that is full.
    private static func standing(_ account: ViewRow, _ target: ViewRow, at place: String) -> Standing {
        Standing(
            configured: ["eu-shop"],
            accounts: [account],
            hours: [],
            targets: [target],
            unwritable: "the disk is full",
            disk: nil,
            place: place,
            engine: "SQLite",
            version: "test",
            now: now
        )
    }

    private static func frequentViews(in value: Any) -> [any FrequentView] {
        let own = (value as? any FrequentView).map { [$0] } ?? []
        return own + Mirror(reflecting: value).children.flatMap { frequentViews(in: $0.value) }
    }

    private static func expectHarmless(_ html: String) {
        #expect(!html.contains("<script>alert"))
        #expect(!html.unicodeScalars.contains("\u{202E}"))
        let accentedQuote = "\u{22}\u{301}"
        #expect(!html.contains(accentedQuote))
        #expect(!html.contains(" style=") && !html.contains("{{"))
    }
}
