package import Ledger
import Telemetry

/// Checks the server that the ledger is on: what a 200 survives there, and what would stop or slow the receiving.
package struct PostgreSQLCheck {
    package static let serverName = "server"
    package static let replicationName = "replication"
    package static let transactionsName = "open transactions"
    package static let ageName = "transaction age"
    package static let clockName = "server's clock"
    package static let connectionsName = "connections"
    package static let leasesName = "leases"
    package static let rightsName = "rights"

    private static let oldestVersion = 140_000
    /// The server forces vacuum long before; at two thousand million it stops taking writes.
    private static let oldAge = 1_000_000_000
    private static let clockTolerance = Duration.seconds(2)
    /// Two receivers, each with the four that one holds.
    private static let fewConnections = 8
    private static let mostNamed = 10

    private let accounts: Set<String>?

    /// - Parameter accounts: those of the configuration, if it is known.
    package init(accounts: Set<String>?) {
        self.accounts = accounts
    }

    /// - Parameter url: the server's.
    package static func unreachable(_ error: LedgerError, url: String) -> Finding {
        let advice: String
        switch error {
        case .libraryIsMissing: advice = "`sudo apt install libpq5`"
        case .isLocked, .isForeign, .isNewer, .isUnreleased, .otherGateway, .hasOtherNames, .cannotOpen, .isDamaged,
            .cannotWrite, .isUnreachable, .isUnsafe:
            advice = """
                does a server run there, and does its pg_hba.conf let this machine and this role in \
                (`psql '\(url)'`)? Callbacks are answered 503 and sent again until it can be reached; the daemon \
                reconnects by itself
                """
        }
        return Finding(LedgerCheck.name, .failure, "\(error)", advice: advice)
    }

    package func findings(_ facts: ServerFacts) -> [Finding] {
        // What a standby shows is not how the receivers fare.
        guard !facts.settings.isStandby else { return [server(facts.settings), clock(facts)] }
        var findings = [server(facts.settings), replication(facts), rights(facts)]
        // Without tables there are no leases.
        if facts.rights?.hasTables != false { findings.append(leases(facts)) }
        return findings + [transactions(facts), age(facts), clock(facts), connections(facts)]
    }

    // MARK: The server

    private func server(_ settings: ServerFacts.Settings) -> Finding {
        let seen = "PostgreSQL \(settings.version.firstPrintable(60)), \(settings.encoding)"
        func finding(_ verdict: Finding.Verdict, _ addition: String, advice: String) -> Finding {
            Finding(Self.serverName, verdict, "\(seen): \(addition)", advice: advice)
        }
        guard settings.versionNumber >= Self.oldestVersion else {
            return finding(.failure, "older than 14, which Paystate needs", advice: "upgrade the server")
        }
        guard settings.encoding == "UTF8" else {
            let advice = "create another database with ENCODING 'UTF8' TEMPLATE template0, and name that one"
            return finding(.failure, "its encoding is not UTF8", advice: advice)
        }
        guard !settings.isStandby else {
            let advice = """
                name all hosts in the URL, or an endpoint that follows the primary; if no server is the primary, \
                promote one: callbacks are answered 503 meanwhile
                """
            return finding(.failure, "it follows another server, and takes no writes", advice: advice)
        }
        guard settings.fsync || settings.service == .aurora else {
            let advice = "set fsync = on in its postgresql.conf, and reload it; Paystate does not start without it"
            return finding(.failure, "fsync is off: a 200 survives nothing but Paystate's own end", advice: advice)
        }
        guard settings.fullPageWrites || settings.service == .aurora else {
            let advice = """
                set full_page_writes = on, unless its file system never writes half a page (such as ZFS): a power \
                failure can damage the database
                """
            return finding(.warning, "full_page_writes is off", advice: advice)
        }
        return Finding(Self.serverName, .ok, "\(seen); synchronous_commit is \(settings.synchronousCommit)")
    }

    // MARK: What others do

    private func rights(_ facts: ServerFacts) -> Finding {
        guard let rights = facts.rights else { return refused(.rights, facts, Self.rightsName) }
        let role = rights.role.firstPrintable(60)
        guard rights.hasTables else {
            let advice = """
                if it is new, the daemon lays one down at its first start; if there was one, stop all receivers, and copy the \
                last backup into it before any of them is started
                """
            return Finding(Self.rightsName, .warning, "there is no ledger in this database", advice: advice)
        }
        guard rights.canWrite else {
            let advice = "connect as the role that owns the schema paystate, which is the one that made it"
            return Finding(Self.rightsName, .failure, "\(role) may not write the ledger", advice: advice)
        }
        guard !rights.isSuperuser else {
            let advice = "give the daemon a role of its own, which owns the database and nothing else"
            let seen = "\(role) is a superuser: no right or trigger binds it"
            return Finding(Self.rightsName, .warning, seen, advice: advice)
        }
        guard !rights.canChangeTransitions else {
            let advice = """
                transitions are append-only, and the triggers that refuse anything else are missing or disabled: see \
                who did that, and ALTER TABLE paystate.transition ENABLE TRIGGER USER
                """
            return Finding(Self.rightsName, .warning, "\(role) may change or remove transitions", advice: advice)
        }
        let seen = "\(role) writes the ledger, is no superuser, and cannot change transitions"
        switch rights.readersCanRead {
        case true?: return Finding(Self.rightsName, .ok, "\(seen); members of paystate_reader read the views")
        case false?:
            let advice = """
                GRANT USAGE ON SCHEMA paystate TO paystate_reader, and GRANT SELECT on each view (\\dv paystate.*): \
                the role was made after the views
                """
            return Finding(Self.rightsName, .warning, "\(seen), but paystate_reader may not read them", advice: advice)
        case nil:
            let advice = "for programs that read: CREATE ROLE paystate_reader (docs/postgresql.md, «Read it»)"
            return Finding(Self.rightsName, .ok, "\(seen); there is no role paystate_reader", advice: advice)
        }
    }

    private func leases(_ facts: ServerFacts) -> Finding {
        guard let leases = facts.leases else { return refused(.leases, facts, Self.leasesName) }
        let held = leases.filter { $0.left > .zero }
        guard !held.isEmpty else {
            let seen = "no receiver holds one: none runs, or none can write"
            let advice = "`systemctl status paystate` on each receiver; nothing is polled or pruned meanwhile"
            return Finding(Self.leasesName, .warning, seen, advice: advice)
        }
        let holders = Dictionary(grouping: held, by: \.holder)
        let seen = holders.keys.sorted().prefix(Self.mostNamed).map { holder in
            "\(holder.firstPrintable(20)) holds \(Self.list((holders[holder] ?? []).map(\.name)))"
        }.joined(separator: "; ")
        let wanted = [Lease.keeping] + (accounts ?? []).sorted().map { Lease.polling(account: $0) }
        let taken = Set(held.map(\.name))
        let free = wanted.map(\.name).filter { !taken.contains($0) }
        guard free.isEmpty else {
            let advice = """
                receivers look for free ones every few seconds: if it stays so, their configuration is another one, or \
                they have to be reloaded (`systemctl reload paystate`)
                """
            return Finding(Self.leasesName, .warning, "nobody holds \(Self.list(free)); \(seen)", advice: advice)
        }
        return Finding(Self.leasesName, .ok, seen)
    }

    /// The first of many names, and how many more there are.
    static func list(_ names: [String]) -> String {
        let named = names.prefix(mostNamed).map { $0.firstPrintable(60) }.joined(separator: ", ")
        return names.count > mostNamed ? "\(named) and \(names.count - mostNamed) more" : named
    }

    private func transactions(_ facts: ServerFacts) -> Finding {
        guard let open = facts.transactions else { return refused(.transactions, facts, Self.transactionsName) }
        guard !open.long.isEmpty else {
            guard open.hidden > 0 else { return Finding(Self.transactionsName, .ok, "none is open for ten minutes") }
            let role = facts.rights?.role.firstPrintable(60) ?? "paystate"
            return Finding(
                Self.transactionsName,
                .ok,
                """
                none that this role may see is open for ten minutes; of \(Approximate.count(open.hidden, "other")) it \
                may not see since when
                """,
                advice: "to have them shown: GRANT pg_monitor TO \(role)"
            )
        }
        let seen = open.long.prefix(Self.mostNamed).map(Self.text).joined(separator: "; ")
        let advice = """
            it keeps vacuum from clearing up, so tables grow: let the program end its transactions, or \
            SELECT pg_terminate_backend(PROCESS); no part of Paystate has one open for long but a backup
            """
        return Finding(Self.transactionsName, .warning, seen, advice: advice)
    }

    private static func text(_ transaction: ServerFacts.OpenTransaction) -> String {
        let application = transaction.application.firstPrintable(60)
        let who = transaction.user.firstPrintable(60) + (application.isEmpty ? "" : ", \(application)")
        return "process \(transaction.process) (\(who)) for \(Approximate.time(transaction.age))"
    }

    private func age(_ facts: ServerFacts) -> Finding {
        guard let age = facts.transactionAge else { return refused(.transactionAge, facts, Self.ageName) }
        let seen = "the oldest that is not frozen is \(age / 1_000_000) million transactions ago"
        guard age > Self.oldAge else { return Finding(Self.ageName, .ok, seen) }
        let advice = """
            at 2000 million the server stops taking writes: see what keeps vacuum back (open transactions, replication \
            slots, prepared transactions, autovacuum = off), then VACUUM (FREEZE) in this database
            """
        return Finding(Self.ageName, .warning, seen, advice: advice)
    }

    private func clock(_ facts: ServerFacts) -> Finding {
        guard let lead = facts.clockLead else { return refused(.clock, facts, Self.clockName) }
        guard lead > Self.clockTolerance || lead < .zero - Self.clockTolerance else {
            return Finding(Self.clockName, .ok, "agrees with this machine's")
        }
        let apart = lead > .zero ? lead : .zero - lead
        let seen = "\(Approximate.time(apart)) \(lead > .zero ? "ahead of" : "behind") this machine's"
        let advice = """
            see which of the two is wrong (`timedatectl` on both): the times in the ledger are the receivers', so \
            their clocks have to agree; leases go by the server's alone
            """
        return Finding(Self.clockName, .warning, seen, advice: advice)
    }

    private func connections(_ facts: ServerFacts) -> Finding {
        guard let left = facts.connectionsLeft else { return refused(.connections, facts, Self.connectionsName) }
        let seen = "\(Approximate.count(max(0, left), "more connection")) can be opened"
        guard left < Self.fewConnections else { return Finding(Self.connectionsName, .ok, seen) }
        let advice = "a receiver holds four: see who holds so many (pg_stat_activity), or raise max_connections"
        return Finding(Self.connectionsName, .warning, seen, advice: advice)
    }

    /// What could not be read is said as such.
    func refused(_ part: ServerFacts.Part, _ facts: ServerFacts, _ name: String) -> Finding {
        let reason = facts.refusals.first { $0.part == part }?.reason ?? "the server gave no answer"
        return Finding(name, .skipped, "cannot be read by this role: \(reason.firstPrintable(200))")
    }
}
