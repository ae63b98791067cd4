import Diagnostics
import Ledger
import Testing

/// What the doctor makes of what a PostgreSQL server says of itself.
@Suite struct PostgreSQLCheckTests {
    typealias Standby = ServerFacts.Standby
    typealias Transaction = ServerFacts.OpenTransaction
    typealias HeldLease = ServerFacts.HeldLease

    /// A server in which all is well, for one receiver with one account.
    private static var well: ServerFacts {
        ServerFacts(
            settings: ServerFacts.Settings(version: "16.2", versionNumber: 160_002),
            clockLead: .milliseconds(-300),
            standbys: [],
            transactions: ServerFacts.OpenTransactions(long: [], hidden: 0),
            leases: [
                HeldLease(name: "keeper", holder: "a1", left: .seconds(20)),
                HeldLease(name: "poll:shop", holder: "a1", left: .seconds(20)),
            ],
            rights: ServerFacts.Rights(),
            connectionsLeft: 90,
            transactionAge: 3_000_000
        )
    }

    private static func finding(_ check: String, _ change: (inout ServerFacts) -> Void) throws -> Finding {
        var facts = well
        change(&facts)
        return try #require(PostgreSQLCheck(accounts: ["shop"]).findings(facts).first { $0.check == check })
    }

    @Test func `a server in which all is well has nothing to say`() {
        let findings = PostgreSQLCheck(accounts: ["shop"]).findings(Self.well)
        #expect(findings.allSatisfy { $0.verdict == .ok && $0.advice == nil })
        #expect(
            findings.map(\.check) == [
                "server", "replication", "rights", "leases", "open transactions", "transaction age", "server's clock",
                "connections",
            ]
        )
        #expect(findings.first?.seen == "PostgreSQL 16.2, UTF8; synchronous_commit is on")
    }

    // MARK: What a 200 survives

    static let survived: [(String, [Standby], String)] = [
        ("", [], "a 200 survives this server's process and power failure; not the loss of its disk: no standby"),
        (
            "", [Standby(name: "db2", state: "streaming", synchrony: "async")],
            "a 200 survives this server's process and power failure; not the loss of its disk: asynchronous standby "
                + "(db2), and a failover may lose the last seconds"
        ),
        (
            "", [Standby(name: "db2", state: nil, synchrony: nil)],
            "a 200 survives this server's process and power failure; not the loss of its disk: asynchronous standby "
                + "(db2), and a failover may lose the last seconds"
        ),
        (
            "db2",
            [
                Standby(name: "db2", state: "streaming", synchrony: "sync"),
                Standby(name: "db3", state: "streaming", synchrony: "async"),
            ],
            "a 200 survives the loss of this server and its disk, if such a standby is promoted: synchronous db2 "
                + "(synchronous_standby_names = 'db2')"
        ),
        (
            "ANY 1 (*)",
            [
                Standby(name: "db2", state: "streaming", synchrony: "quorum"),
                Standby(name: "db3", state: "streaming", synchrony: "quorum"),
            ],
            "a 200 survives the loss of this server and its disk, if such a standby is promoted: synchronous db2, db3 "
                + "(synchronous_standby_names = 'ANY 1 (*)')"
        ),
        (
            "ANY 1 (*)", [Standby(name: "db2", state: nil, synchrony: nil)],
            "a 200 survives the loss of this server and its disk, if such a standby is promoted: each commit waits for "
                + "one (synchronous_standby_names = 'ANY 1 (*)'). Connected is db2; its state this role may not see"
        ),
    ]

    @Test(arguments: survived)
    func `what a 200 survives is said`(_ names: String, _ standbys: [Standby], _ seen: String) throws {
        let finding = try Self.finding("replication") {
            $0.settings.synchronousStandbyNames = names
            $0.standbys = standbys
        }
        #expect(finding.verdict == .ok)
        #expect(finding.seen == seen)
    }

    static let waiting: [(String, [Standby])] = [
        ("db2", []),
        ("db2", [Standby(name: "db3", state: "streaming", synchrony: "async")]),
        ("db2", [Standby(name: "db2", state: "catchup", synchrony: "sync")]),
        ("FIRST 2 (db2, db3)", [Standby(name: "db2", state: "streaming", synchrony: "sync")]),
        ("2 (*)", [Standby(name: "db2", state: nil, synchrony: nil)]),
    ]

    @Test(arguments: waiting)
    func `commits that wait for a standby which is away are a failure`(_ names: String, _ standbys: [Standby]) throws {
        let finding = try Self.finding("replication") {
            $0.settings.synchronousStandbyNames = names
            $0.standbys = standbys
        }
        #expect(finding.verdict == .failure)
        #expect(finding.seen.hasPrefix("commits wait: synchronous_standby_names = '\(names)', and "))
        #expect(finding.advice?.contains("503") == true)
    }

    @Test(arguments: [
        (ServerFacts.ManagedService.aurora, "the loss of a zone", true), (.rds, "no standby is visible", false),
        (.cloudSQL, "no standby is visible", false), (.alloyDB, "no standby is visible", false),
    ])
    func `what a service does below PostgreSQL is not claimed to be seen`(
        _ service: ServerFacts.ManagedService,
        _ said: String,
        _ isReplicated: Bool
    ) throws {
        let finding = try Self.finding("replication") { $0.settings.service = service }
        #expect(finding.verdict == .ok)
        #expect(finding.seen.contains(said))
        #expect(ServerFacts.Settings(service: service).isReplicated == isReplicated)
    }

    @Test(arguments: [
        ("", 0), ("db2", 1), ("db2, db3", 1), ("*", 1), ("2 (db2, db3)", 2), ("FIRST 2 (db2, db3, db4)", 2),
        ("ANY 3 (*)", 3), ("any 1(db2)", 1),
    ])
    func `a commit waits for as many as the setting says`(_ names: String, _ count: Int) {
        let settings = ServerFacts.Settings(synchronousStandbyNames: names)
        #expect(settings.awaitedStandbys == count)
        #expect(settings.isReplicated == (count > 0))
    }

    // MARK: What is wrong

    static let cases: [Case] = [
        Case("server", .failure, "older than 14") { $0.settings.versionNumber = 130_014 },
        Case("server", .failure, "not UTF8") { $0.settings.encoding = "SQL_ASCII" },
        Case("server", .failure, "fsync is off") { $0.settings.fsync = false },
        Case("replication", .skipped, "promises nothing") { $0.settings.fsync = false },
        Case("server", .warning, "full_page_writes is off") { $0.settings.fullPageWrites = false },
        Case("server", .failure, "takes no writes") { $0.settings.isStandby = true },
        Case("server", .ok, "remote_apply") { $0.settings.synchronousCommit = "remote_apply" },
        Case("server's clock", .warning, "3 s ahead of") { $0.clockLead = .milliseconds(3100) },
        Case("server's clock", .warning, "3 s behind") { $0.clockLead = .milliseconds(-3100) },
        Case("server's clock", .ok, "agrees") { $0.clockLead = .seconds(2) },
        Case("transaction age", .warning, "1200 million") { $0.transactionAge = 1_200_000_000 },
        Case("connections", .warning, "7 more connections") { $0.connectionsLeft = 7 },
        Case("connections", .warning, "0 more connections") { $0.connectionsLeft = -3 },
        Case("leases", .warning, "no receiver holds one") { $0.leases = [] },
        Case("leases", .warning, "no receiver holds one") {
            $0.leases = [HeldLease(name: "keeper", holder: "a1", left: .seconds(-5))]
        },
        Case("leases", .warning, "nobody holds poll:shop; a1 holds keeper") {
            $0.leases = [HeldLease(name: "keeper", holder: "a1", left: .seconds(5))]
        },
        Case("leases", .ok, "a1 holds keeper; b2 holds poll:shop") {
            $0.leases = [
                HeldLease(name: "keeper", holder: "a1", left: .seconds(5)),
                HeldLease(name: "poll:shop", holder: "b2", left: .seconds(5)),
                HeldLease(name: "poll:closed", holder: "c3", left: .seconds(-500)),
            ]
        },
        Case("rights", .warning, "there is no ledger") { $0.rights?.hasTables = false },
        Case("rights", .failure, "may not write") { $0.rights?.canWrite = false },
        Case("rights", .warning, "is a superuser") { $0.rights?.isSuperuser = true },
        Case("rights", .warning, "may change or remove transitions") { $0.rights?.canChangeTransitions = true },
        Case("rights", .warning, "may not read them") { $0.rights?.readersCanRead = false },
        Case("rights", .ok, "there is no role paystate_reader") { $0.rights?.readersCanRead = nil },
        Case("open transactions", .warning, "process 4711 (shop, psql) for 3 h; process 4712 (shop) for 11 min") {
            $0.transactions = ServerFacts.OpenTransactions(
                long: [
                    Transaction(process: 4711, user: "shop", application: "psql", age: .seconds(10_900)),
                    Transaction(process: 4712, user: "shop", application: "", age: .seconds(660)),
                ],
                hidden: 1
            )
        },
        Case("open transactions", .ok, "of 2 others it may not see") {
            $0.transactions = ServerFacts.OpenTransactions(long: [], hidden: 2)
        },
    ]

    @Test(arguments: cases)
    func `what is wrong is said, with what to do`(_ example: Case) throws {
        let finding = try Self.finding(example.check, example.change)
        #expect(finding.verdict == example.verdict)
        #expect(finding.seen.contains(example.seen))
        if finding.verdict >= .warning { #expect(finding.advice != nil) }
    }

    struct Case: Sendable {
        let check: String
        let verdict: Finding.Verdict
        let seen: String
        let change: @Sendable (inout ServerFacts) -> Void

        init(
            _ check: String,
            _ verdict: Finding.Verdict,
            _ seen: String,
            _ change: @escaping @Sendable (inout ServerFacts) -> Void
        ) {
            self.check = check
            self.verdict = verdict
            self.seen = seen
            self.change = change
        }
    }

    @Test func `what the server refuses to tell is skipped, with its reason`() {
        let denied = "42501: permission denied for table lease"
        let facts = ServerFacts(
            settings: ServerFacts.Settings(versionNumber: 140_000),
            refusals: [ServerFacts.Refusal(.leases, reason: denied)]
        )
        let findings = PostgreSQLCheck(accounts: nil).findings(facts)
        #expect(findings.count == 8)
        #expect(findings.dropFirst().allSatisfy { $0.verdict == .skipped })
        #expect(findings.first { $0.check == "leases" }?.seen == "cannot be read by this role: \(denied)")
    }

    @Test func `a standby is not judged as if it were the receivers' server`() {
        var facts = Self.well
        facts.settings.isStandby = true
        facts.leases = []
        #expect(PostgreSQLCheck(accounts: ["shop"]).findings(facts).map(\.check) == ["server", "server's clock"])
    }

    @Test func `a server that cannot be reached is a failure of the database`() {
        let url = "postgresql://paystate@db1/paystate"
        let error = LedgerError.isUnreachable(path: url, reason: "connection refused")
        let finding = PostgreSQLCheck.unreachable(error, url: url)
        #expect(finding.check == "database")
        #expect(finding.verdict == .failure)
        #expect(finding.seen.hasPrefix("cannot reach \(url): connection refused"))
        #expect(finding.advice?.contains("`psql '\(url)'`") == true)
        let missing = PostgreSQLCheck.unreachable(.libraryIsMissing(reason: "none"), url: url)
        #expect(missing.advice == "`sudo apt install libpq5`")
    }
}
