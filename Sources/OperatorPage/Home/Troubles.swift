import Ledger
import Narration
import Payments
import Telemetry

/// What is wrong, one sentence each, and what to do about it.
struct Troubles {
    struct Item {
        let tone: String
        let word: String
        let what: String
        let doing: Phrase?
        let `where`: TableView.Link?

        init(_ badge: Badge, _ what: String, _ doing: String? = nil, to link: TableView.Link? = nil) {
            (tone, word) = (badge.tone, badge.word)
            self.what = what
            self.doing = doing.map(Phrase.init)
            `where` = link
        }
    }

    /// `3 things are wrong`
    let count: String
    let items: [Item]

    /// - Returns: `nil` if nothing is wrong.
    init?(_ standing: Standing) {
        var items: [Item] = []
        if let reason = standing.unwritable {
            items.append(
                Item(
                    Badge("halted", .bad),
                    "The database cannot be written: \(reason).",
                    "The gateways get 503 and send again; `paystate doctor` says what to do."
                )
            )
        }
        if standing.isShort, let disk = standing.disk {
            items.append(
                Item(
                    Badge("disk", .bad),
                    "Only \(Approximate.bytes(disk.bytes)) of the disk are free.",
                    "Make room, or let `paystate prune` empty old bodies."
                )
            )
        }
        for row in standing.accounts { items += Self.items(of: row, now: standing.now) }
        for row in standing.targets { items += Self.items(ofTarget: row) }
        guard !items.isEmpty else { return nil }
        self.items = items
        count = items.count == 1 ? "One thing is wrong" : "\(items.count) things are wrong"
    }

    private static func items(of row: ViewRow, now: Timestamp) -> [Item] {
        let account = row.text("account")
        let of: [(String, String?)] = [("account", account)]
        var items: [Item] = []
        if row.number("is_silent") == 1 {
            let silence = row.number("silent_for_seconds").map { Duration.seconds($0).words } ?? "long"
            let usual = row.number("usual_silence_seconds").map { Duration.seconds($0).words } ?? "less"
            items.append(
                Item(
                    Badge("silent", .bad),
                    "\(account) has had no callback for \(silence); at most \(usual) usually pass.",
                    "Check the notification URL in the gateway's back office; `paystate doctor` checks the way here.",
                    to: TableView.Link(href: PagePath.list("/callbacks", of), name: "its callbacks")
                )
            )
        }
        if row.number("rejection_spike") == 1 {
            items.append(
                Item(
                    Badge("refusing", .bad),
                    "\(row.number("rejected_1h") ?? 0) requests to \(account) were refused in the last hour.",
                    "If its key has changed, correct it; `paystate reverify` then judges them again.",
                    to: TableView.Link(href: PagePath.list("/rejected", of), name: "what was refused")
                )
            )
        }
        if let alarms = row.number("open_alarms"), alarms > 0 {
            items.append(
                Item(
                    Badge(alarms == 1 ? "alarm" : "alarms", .bad),
                    alarms == 1 ? "An alarm of \(account) is open." : "\(alarms) alarms of \(account) are open.",
                    "Look at each, and acknowledge it with a note of what you found out.",
                    to: TableView.Link(
                        href: PagePath.list("/anomalies", of + [("severity", "alarm")]),
                        name: "open alarms"
                    )
                )
            )
        }
        if let until = row.time("paused_until"), until > now {
            items.append(
                Item(
                    Badge("paused", .warn),
                    """
                    The gateway of \(account) is in trouble (\(row.text("pause_reason"))) and is not polled until \
                    \(ShownTime(until).text).
                    """,
                    "It is tried again by itself."
                )
            )
        }
        if let since = row.time("overdue_since"), since + .seconds(600) < now {
            items.append(
                Item(
                    Badge("overdue", .warn),
                    "Polls of \(account) are overdue, the oldest for \((now - since).words).",
                    "The metrics and the log say what holds them up.",
                    to: TableView.Link(
                        href: PagePath.list("/payments", of + [("overdue", "yes")]),
                        name: "what is overdue"
                    )
                )
            )
        }
        return items
    }

    private static func items(ofTarget row: ViewRow) -> [Item] {
        let account = row.text("account")
        let name = "Target \(row.text("name"))" + (account.isEmpty ? "" : " of \(account)")
        let isNotify = row.text("kind") == DeliveryTarget.Kind.notify.rawValue
        let drop =
            "`paystate deliver --target \(row.text("name"))\(account.isEmpty ? "" : " --account \(account)") --drop`"
        let reason = row.word("last_error").map { " (\($0))" } ?? ""
        switch row.text("state") {
        case "paused":
            let pause = (row.word("pause_reason") ?? row.word("last_error")).map { " (\($0))" } ?? ""
            return [
                Item(
                    Badge("paused", .warn),
                    "\(name) does not take what it is sent\(pause): \(backlog(of: row, isNotify: isNotify)).",
                    """
                    Bring it up; what waits is then sent by itself. \(drop) \
                    \(isNotify ? "skips the event that is next" : "gives up what waits").
                    """
                )
            ] + givenUp(row, name: name)
        case "gave_up":
            return [
                Item(
                    Badge("given up", .bad),
                    "\(name) was given up\(reason): \(backlog(of: row, isNotify: isNotify)).",
                    "When it works again, press Deliver again below. \(drop) skips the event that is next."
                )
            ]
        case "removed":
            guard !isNotify, let waiting = row.number("waiting"), waiting > 0 else { return [] }
            return [
                Item(
                    Badge("removed", .warn),
                    "\(name) is not configured any more: \(backlog(of: row, isNotify: false)).",
                    "Configure it again, and what waits is sent; or give it up with \(drop)."
                )
            ]
        default: return givenUp(row, name: name)
        }
    }

    /// What of a target's callbacks was given up, if any was.
    private static func givenUp(_ row: ViewRow, name: String) -> [Item] {
        guard let count = row.number("gave_up"), count > 0 else { return [] }
        return [
            Item(
                Badge("given up", .warn),
                count == 1 ? "A callback for \(name) was given up." : "\(count) callbacks for \(name) were given up.",
                """
                When it works again, press Deliver again below, or run `paystate deliver`. What nobody wants any more goes \
                when retention empties its body.
                """
            )
        ]
    }

    /// `214 callbacks wait`
    private static func backlog(of row: ViewRow, isNotify: Bool) -> String {
        let count = row.number(isNotify ? "behind" : "waiting") ?? 0
        let noun = isNotify ? "transition" : "callback"
        switch count {
        case ...0: return "nothing waits"
        case 1: return "1 \(noun) waits"
        default: return "\(count) \(noun)s wait"
        }
    }
}
