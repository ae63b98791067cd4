import Ledger
import Payments
import Telemetry
import TestSupport
import Testing

/// What a real server says of itself.
@Suite(.enabled(if: PostgreSQLServer.isThere, "PAYSTATE_POSTGRESQL names no server"))
struct ServerFactsTests {
    @Test func `a server tells how it stands, before there is a ledger and with one`() async throws {
        try await PostgreSQLServer.withDatabase { database in
            let before = try await ServerFacts.read(at: database.address, now: Timestamp.now)
            #expect(before.refusals == [])
            #expect(before.settings.versionNumber >= 140_000)
            #expect(before.settings.encoding == "UTF8")
            #expect(before.settings.synchronousCommit == "on")
            #expect(!before.settings.isStandby)
            #expect(before.settings.service == nil)
            #expect(before.rights?.hasTables == false)
            #expect(before.leases == nil)

            let ledger = try database.open()
            #expect(try await ledger.renew([.keeping]) == [.keeping])
            let facts = try await ServerFacts.read(at: database.address, now: Timestamp.now)
            #expect(facts.refusals == [])
            #expect(facts.rights?.hasTables == true)
            #expect(facts.rights?.canWrite == true)
            #expect(facts.rights?.canChangeTransitions == false)
            #expect(facts.leases?.map(\.name) == ["keeper"])
            #expect(facts.leases?.allSatisfy { $0.left > .zero && $0.left <= .seconds(30) } == true)
            #expect(facts.transactions?.long == [])
            let lead = try #require(facts.clockLead)
            #expect(lead > .seconds(-60) && lead < .seconds(60), "its clock is this machine's, or nearly")
            let (left, age) = (try #require(facts.connectionsLeft), try #require(facts.transactionAge))
            #expect(left > 0 && age >= 0)

            try await database.query("ALTER TABLE paystate.transition DISABLE TRIGGER transition_is_kept")
            let loose = try await ServerFacts.read(at: database.address, now: Timestamp.now)
            #expect(loose.rights?.canChangeTransitions == true)

            try await ledger.finish()
            let after = try await ServerFacts.read(at: database.address, now: Timestamp.now)
            #expect(after.leases == [], "a receiver that stops gives them up")
        }
    }

    @Test func `what an ordinary role may not read takes nothing else with it`() async throws {
        try await PostgreSQLServer.withDatabase { database in
            let ledger = try database.open()
            let url = database.url + (database.url.contains("?") ? "&" : "?") + "options=-crole%3Dpg_read_all_settings"
            let facts = try await ServerFacts.read(
                at: PostgreSQLAddress(url: url, password: nil),
                now: Timestamp.now
            )
            #expect(facts.refusals.map(\.part) == [.rights, .leases])
            #expect(facts.settings.encoding == "UTF8")
            #expect(facts.standbys != nil)
            #expect(facts.transactions != nil)
            #expect(facts.clockLead != nil)
            try await ledger.finish()
        }
    }

    @Test func `the difference of the clocks is told with its sign`() async throws {
        try await PostgreSQLServer.withDatabase { database in
            let hour = Duration.seconds(3600)
            let facts = try await ServerFacts.read(at: database.address) { Timestamp.now() - hour }
            let lead = try #require(facts.clockLead)
            #expect(lead > hour - .seconds(60) && lead < hour + .seconds(60))
        }
    }

    @Test func `a server that is not there is unreachable`() async {
        let address = PostgreSQLAddress(url: "postgresql://nobody@127.0.0.1:1/nothing", password: nil)
        let error = await #expect(throws: LedgerError.self) {
            _ = try await ServerFacts.read(at: address, now: Timestamp.now)
        }
        guard case .isUnreachable? = error else {
            Issue.record("it was \(String(describing: error))")
            return
        }
    }
}
