import ConfigurationFile
package import Ledger
package import Payments
import Telemetry

/// Checks whether the targets of `forward` and `notify` get what they should.
package struct TargetsCheck {
    /// From which age on waiting callbacks and events are a finding.
    private static let longestWait = Duration.seconds(900)

    package let now: Timestamp

    package init(now: Timestamp) {
        self.now = now
    }

    /// Empty if there are no targets.
    package func findings(_ targets: [TargetHealth]) -> [Finding] {
        guard !targets.isEmpty else { return [] }
        return [
            finding("targets", targets, pause), finding("undelivered", targets, gaveUp),
            finding("delivery backlog", targets, backlog), finding("removed targets", targets, removed),
            finding("target URLs", targets, encryption),
        ]
    }

    /// One finding for all targets: it names those that need attention, else those worth mentioning.
    private func finding(
        _ check: String,
        _ targets: [TargetHealth],
        _ judge: (TargetHealth) -> (verdict: Finding.Verdict, seen: String?, advice: String?)
    ) -> Finding {
        let judged = targets.map { target in (target: target, result: judge(target)) }
        let worst = judged.map(\.result.verdict).max() ?? .ok
        let named = judged.filter { $0.result.verdict == worst && $0.result.seen != nil }
        let shown = named.prefix(worst == .ok ? 3 : 10)
        var seen = shown.map { "\($0.target.shownName): \($0.result.seen ?? "")" }.joined(separator: "; ")
        if named.count > shown.count { seen += "; and so on, at \(Approximate.count(named.count, "target"))" }
        let advice = named.lazy.compactMap(\.result.advice).first
        return Finding(
            check,
            worst,
            seen.isEmpty ? "nothing at \(Approximate.count(targets.count, "target"))" : seen,
            advice: advice
        )
    }

    private func pause(_ target: TargetHealth) -> (Finding.Verdict, String?, String?) {
        guard target.standing == .paused else { return (.ok, nil, nil) }
        let end = target.pausedUntil.map { " until \($0.text)" } ?? ""
        let reason = (target.pauseReason ?? target.lastError ?? "?").firstPrintable(200)
        let advice = """
            does it run, and does it answer 2xx (see its own log)? Nothing is lost: it is tried again, and then gets \
            everything in its order; `paystate deliver --target \(target.name)` tries now
            """
        return (.warning, "is in trouble (\(reason)), paused\(end); \(target.backlog)", advice)
    }

    private func gaveUp(_ target: TargetHealth) -> (Finding.Verdict, String?, String?) {
        guard target.standing == .gaveUp || target.gaveUp > 0 else { return (.ok, nil, nil) }
        let seen =
            switch target.kind {
            case .forward: "\(Approximate.count(target.gaveUp, "callback")) given up"
            case .notify:
                "stopped before an event that it did not take (\(target.lastError?.firstPrintable(200) ?? "?")); "
                    + target.backlog
            }
        let advice = """
            mend the program, then `paystate deliver --target \(target.name)` sends them; with `--drop` the next event \
            of a notify target is skipped
            """
        return (.failure, seen, advice)
    }

    private func backlog(_ target: TargetHealth) -> (Finding.Verdict, String?, String?) {
        switch target.standing {
        case .gaveUp, .removed: return (.ok, nil, nil)
        case .delivering, .paused: break
        }
        guard target.waiting > 0, let since = target.waitingSince else { return (.ok, nil, nil) }
        let age = now - since
        let seen = "\(target.backlog), the oldest for \(Approximate.time(age))"
        guard age > Self.longestWait else { return (.ok, seen, nil) }
        let advice = """
            is the daemon running, and does the target answer 2xx in time? See what it answered \
            (`SELECT * FROM targets`; `SELECT * FROM forwards WHERE state = 'waiting' ORDER BY id LIMIT 5`)
            """
        return (.warning, seen, advice)
    }

    private func removed(_ target: TargetHealth) -> (Finding.Verdict, String?, String?) {
        guard target.standing == .removed, target.waiting > 0 || target.cursor != nil else { return (.ok, nil, nil) }
        let advice = """
            configure it again under the same name and it goes on where it was, or \
            `paystate deliver --target \(target.name) --drop` gives up what it has not got
            """
        return (.warning, "is no longer configured, but \(target.backlog)", advice)
    }

    private func encryption(_ target: TargetHealth) -> (Finding.Verdict, String?, String?) {
        guard target.kind == .notify, target.standing != .removed, target.url.hasPrefix("http://") else {
            return (.ok, nil, nil)
        }
        let authority = target.url.dropFirst("http://".count).prefix { !"/?".contains($0) }
        // What cannot be parsed is no address of this machine.
        guard (try? HostAndPort(String(authority), portUnlessGiven: 80))?.isLoopback != true else {
            return (.ok, nil, nil)
        }
        let advice = "use https: events are signed, but whoever is between here and there can read them"
        return (.warning, "\(authority) is another machine, and is told over plain http", advice)
    }
}

extension TargetHealth {
    /// As commands and logs name it, without the kind.
    fileprivate var shownName: String { account.map { "\($0)/\(name)" } ?? name }

    fileprivate var backlog: String {
        switch kind {
        case .forward: "\(Approximate.count(waiting, "callback")) \(waiting == 1 ? "waits" : "wait")"
        case .notify: "\(Approximate.count(waiting, "transition")) behind"
        }
    }
}
