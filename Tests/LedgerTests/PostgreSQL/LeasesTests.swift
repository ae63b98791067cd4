import TestSupport
import Testing

@testable import Ledger

/// What only one of several receivers does.
@Suite struct LeasesTests {
    private static let all: Set<Lease> = [.keeping, .polling(account: "ecp"), .polling(account: "ecc")]

    @Test func `the only receiver of a ledger holds all, without asking`() {
        let leases = Leases(isShared: false)
        #expect(leases.holds(.keeping) && leases.holds(.polling(account: "anybody's")))
    }

    @Test func `it is held for less than the database grants it, and no longer than it is renewed`() {
        let leases = Leases(isShared: true)
        let asked = ContinuousClock.now
        #expect(!leases.holds(.keeping, at: asked))
        leases.renewed([Lease.keeping.name], asked: asked)
        #expect(leases.holds(.keeping, at: asked + .milliseconds(24_900)))
        #expect(!leases.holds(.keeping, at: asked + .seconds(25)), "the database's lasts for 30 seconds")
        #expect(!leases.holds(.polling(account: "ecp"), at: asked))
        leases.renewed([Lease.keeping.name], asked: asked + .seconds(20))
        #expect(leases.holds(.keeping, at: asked + .seconds(44)))
        leases.renewed([], asked: asked + .seconds(30))
        #expect(!leases.holds(.keeping, at: asked + .seconds(31)))
    }

    @Test(.needsServer) func `one of two has each, and keeps it for as long as it renews it`() async throws {
        let bench = try LedgerBench()
        let (one, other) = (bench.ledger, try LedgerBench.open(bench.folder))
        #expect(try await one.renew([.keeping, .polling(account: "ecp")]) == [.keeping, .polling(account: "ecp")])
        #expect(try await other.renew(Self.all) == [.polling(account: "ecc")])
        for _ in 0..<3 {
            #expect(try await other.renew(Self.all) == [.polling(account: "ecc")])
            #expect(try await one.renew(Self.all) == [.keeping, .polling(account: "ecp")])
        }
        #expect(one.holds(.keeping) && !other.holds(.keeping))
        #expect(!one.holds(.polling(account: "ecc")) && other.holds(.polling(account: "ecc")))
        let granted = "SELECT count(*) FROM lease WHERE until > clock_timestamp() + INTERVAL '26 seconds'"
        #expect(try bench.rows(granted) == ["3"], "longer than a receiver holds it")
    }

    @Test(.needsServer) func `what a receiver gives up when it stops, the other has at once`() async throws {
        let bench = try LedgerBench()
        let other = try LedgerBench.open(bench.folder)
        #expect(try await bench.ledger.renew(Self.all) == Self.all)
        #expect(try await other.renew(Self.all) == [])
        try await bench.ledger.finish()
        #expect(try await other.renew(Self.all) == Self.all)
    }

    @Test(.needsServer) func `one that ends without a word is followed when its time is over`() async throws {
        let bench = try LedgerBench()
        let other = try LedgerBench.open(bench.folder)
        #expect(try await bench.ledger.renew(Self.all) == Self.all)
        bench.ledger.store.abandon()
        #expect(try await other.renew(Self.all) == [])
        try bench.tamper("UPDATE lease SET until = clock_timestamp() - INTERVAL '1 second' WHERE name <> 'keeper'")
        #expect(try await other.renew(Self.all) == [.polling(account: "ecp"), .polling(account: "ecc")])
        try bench.tamper("UPDATE lease SET until = clock_timestamp() - INTERVAL '1 second' WHERE name = 'keeper'")
        #expect(try await other.renew(Self.all) == Self.all)
        #expect(try await bench.ledger.renew(Self.all) == [], "if it was only frozen, it has lost them")
        #expect(!bench.ledger.holds(.keeping))
    }
}
