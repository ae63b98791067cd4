import Ledger
import Telemetry

extension PostgreSQLCheck {
    /// What a 200 survives, which is what the server's standbys make of a commit.
    func replication(_ facts: ServerFacts) -> Finding {
        let settings = facts.settings
        guard settings.fsync || settings.service == .aurora else {
            return Finding(Self.replicationName, .skipped, "with fsync = off a 200 promises nothing, here or elsewhere")
        }
        guard settings.service != .aurora else {
            let seen = "a 200 survives the loss of a zone: Aurora stores each commit in three of them"
            return Finding(Self.replicationName, .ok, seen)
        }
        guard let standbys = facts.standbys else { return refused(.standbys, facts, Self.replicationName) }
        return settings.synchronousStandbyNames.isEmpty
            ? asynchronous(standbys, settings) : synchronous(standbys, settings, facts.rights)
    }

    private func asynchronous(_ standbys: [ServerFacts.Standby], _ settings: ServerFacts.Settings) -> Finding {
        let survives = "a 200 survives this server's process and power failure; not the loss of its disk"
        guard standbys.isEmpty else {
            let seen = """
                \(survives): asynchronous standby (\(Self.names(standbys))), and a failover may lose the last seconds
                """
            let advice = """
                before you rely on a failover, make one synchronous: synchronous_standby_names, or Patroni's \
                synchronous_mode; no gateway sends again what was answered 200
                """
            return Finding(Self.replicationName, .ok, seen, advice: advice)
        }
        guard let service = settings.service else {
            return Finding(Self.replicationName, .ok, "\(survives): no standby")
        }
        let seen = "a 200 survives this server's process and power failure; no standby is visible to PostgreSQL"
        let advice = """
            \(Self.name(of: service)) may keep each commit in another zone below PostgreSQL \
            (\(Self.option(of: service))): see its console
            """
        return Finding(Self.replicationName, .ok, seen, advice: advice)
    }

    /// A commit waits as long as fewer standbys are there than it needs.
    private func synchronous(
        _ standbys: [ServerFacts.Standby],
        _ settings: ServerFacts.Settings,
        _ rights: ServerFacts.Rights?
    ) -> Finding {
        let names = "synchronous_standby_names = '\(settings.synchronousStandbyNames.firstPrintable(100))'"
        let survives = "a 200 survives the loss of this server and its disk, if such a standby is promoted"
        let needed = settings.awaitedStandbys
        let present = standbys.filter(\.isSynchronous)
        let hidden = standbys.count { $0.synchrony == nil }
        if present.count >= needed {
            return Finding(Self.replicationName, .ok, "\(survives): synchronous \(Self.names(present)) (\(names))")
        }
        if present.count + hidden >= needed {
            let role = rights?.role.firstPrintable(60) ?? "paystate"
            let seen = """
                \(survives): each commit waits for one (\(names)). Connected is \(Self.names(standbys)); its state \
                this role may not see
                """
            return Finding(Self.replicationName, .ok, seen, advice: "to have it shown: GRANT pg_monitor TO \(role)")
        }
        let connected = present.isEmpty && hidden > 0 ? standbys : present
        let found = connected.isEmpty ? "no such standby is connected" : "only \(Self.names(connected)) is connected"
        let advice = """
            bring the standby back. Callbacks are answered 503 and sent again until then, for no commit ends; an empty \
            synchronous_standby_names lets them go on, but then a 200 survives this server only
            """
        return Finding(Self.replicationName, .failure, "commits wait: \(names), and \(found)", advice: advice)
    }

    private static func names(_ standbys: [ServerFacts.Standby]) -> String {
        list(standbys.map { $0.name.isEmpty ? "nameless" : $0.name })
    }

    private static func name(of service: ServerFacts.ManagedService) -> String {
        switch service {
        case .aurora: "Aurora"
        case .rds: "RDS"
        case .cloudSQL: "Cloud SQL"
        case .alloyDB: "AlloyDB"
        }
    }

    private static func option(of service: ServerFacts.ManagedService) -> String {
        switch service {
        case .aurora, .alloyDB: "its storage is in several zones"
        case .rds: "Multi-AZ"
        case .cloudSQL: "high availability (regional)"
        }
    }
}
