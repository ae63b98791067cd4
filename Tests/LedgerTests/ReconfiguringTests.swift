import Foundation
import Ledger
import Payments
import TestSupport
import Testing

/// Reconfiguring accounts and rules while the ledger is open.
@Suite struct ReconfiguringTests {
    private static let new = LedgerAccount(name: "new", gateway: "ecomcharge", isFolded: true)

    private func reconfigure(
        _ accounts: [LedgerAccount],
        _ schedule: PollSchedule = .everyMinute,
        quota: RejectionQuota = .hundred,
        capacity: Int = 8192,
        in bench: LedgerBench
    ) async throws {
        try await bench.ledger.reconfigure(accounts: accounts, schedule: schedule, quota: quota, capacity: capacity)
    }

    @Test func `a new account is written, and one that is gone keeps its rows and still takes what is under way`()
        async throws
    {
        let bench = try LedgerBench()
        let error = await #expect(throws: RecordingError.self) {
            try await bench.record(.stated("success", .succeeded), account: "new")
        }
        #expect(error?.description == "the database refused it (account new is not in the ledger)")
        try await reconfigure([Self.new], in: bench)
        #expect(try bench.rows("SELECT name, gateway, folded FROM account WHERE name = 'new'") == ["new ecomcharge 1"])
        try await bench.record(.stated("success", .succeeded), account: "new")
        try await bench.record(.stated("success", .succeeded), account: "ecp")
        #expect(try bench.rows("SELECT account FROM payments ORDER BY account") == ["ecp", "new"])
    }

    @Test func `the next poll is planned by the new schedule`() async throws {
        let bench = try LedgerBench()
        var schedule = PollSchedule.everyMinute
        schedule.firstAfter = .seconds(5)
        try await reconfigure([.ecp], schedule, in: bench)
        try await bench.record(.stated("processing", .pending), at: 1000)
        #expect(try bench.rows("SELECT next_poll_at FROM payment") == ["6000"])
    }

    @Test func `an account with a history stays at its gateway, and then nothing is adopted`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded))
        let moved = LedgerAccount(name: "ecp", gateway: "ecomcharge", isFolded: true)
        let conflict = GatewayMismatch(account: "ecp", was: "ecommpay", wanted: "ecomcharge")
        await #expect(throws: ReconfigurationError.otherGateway(conflict)) {
            try await reconfigure([Self.new, moved], capacity: 0, in: bench)
        }
        #expect(try bench.rows("SELECT name FROM account ORDER BY name") == ["ecc", "ecp"])
        try await bench.record(.stated("success", .succeeded, id: "EP-2"))
        try await bench.ledger.finish()
        #expect(throws: LedgerError.otherGateway(conflict)) { _ = try bench.reopened(accounts: [moved]) }
    }

    @Test func `an account without a history may still move`() async throws {
        let bench = try LedgerBench()
        try await reconfigure([LedgerAccount(name: "ecp", gateway: "ecomcharge", isFolded: true)], in: bench)
        #expect(try bench.rows("SELECT gateway, folded FROM account WHERE name = 'ecp'") == ["ecomcharge 1"])
    }

    @Test func `a full queue can be made longer, and never turns a heartbeat away`() async throws {
        let bench = try LedgerBench(capacity: 0)
        await #expect(throws: RecordingError.queueIsFull) { try await bench.record(.stated("success", .succeeded)) }
        try await bench.ledger.probe(at: Timestamp(milliseconds: 7000))
        #expect(bench.ledger.isFull)
        try await reconfigure([.ecp], capacity: 1, in: bench)
        #expect(!bench.ledger.isFull)
        try await bench.record(.stated("success", .succeeded))
    }

    @Test func `each heartbeat leaves a later time, whoever was stamped first, until the clock is set back`()
        async throws
    {
        let bench = try LedgerBench()
        func beat(_ time: Int64) async throws -> Int64 {
            try await bench.ledger.probe(at: Timestamp(milliseconds: time)).milliseconds
        }
        #expect(try await beat(9_000_000) == 9_000_000)
        #expect(try await beat(8_999_999) == 9_000_001)
        #expect(try await beat(9_000_001) == 9_000_002)
        #expect(try await bench.ledger.status().heartbeat == Timestamp(milliseconds: 9_000_002))
        #expect(try await beat(5_400_000) == 5_400_000)
        #expect(try await bench.ledger.status().heartbeat == Timestamp(milliseconds: 5_400_000))
    }

    @Test func `a closed ledger adopts nothing`() async throws {
        let bench = try LedgerBench()
        try await bench.ledger.finish()
        await #expect(throws: ReconfigurationError.notRecorded(.isClosed)) {
            try await reconfigure([Self.new], in: bench)
        }
    }

    @Test func `the pulse is what another program reads`() async throws {
        let bench = try LedgerBench()
        #expect(try await bench.ledger.status() == LedgerStatus(heartbeat: nil, openPayments: 0, lastCallbackAt: nil))
        try await bench.record(.stated("processing", .pending, id: "EP-1"), at: 4000)
        try await bench.record(.stated("success", .succeeded, id: "EP-2"), at: 5000)
        try await bench.ledger.probe(at: Timestamp(milliseconds: 7000))
        let pulse = try await bench.ledger.status()
        #expect(pulse.heartbeat == Timestamp(milliseconds: 7000))
        #expect(pulse.lastCallbackAt == Timestamp(milliseconds: 5000))
        #expect(pulse.openPayments == 1)
    }
}
