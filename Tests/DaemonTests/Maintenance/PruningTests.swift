import AsyncHTTPClient
import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import Ledger
import Logging
import NIOCore
import NIOHTTP1
import Payments
import Synchronization
import TestSupport
import Testing

/// Pruning by the daemon: at once on request, otherwise once a day.
@Suite struct PruningTests {
    @Test func `it is done when somebody asks for it, and what was done is told`() async throws {
        let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
        try await RunningDaemon.run {
            $0.reconcile.schedule.audit = []
        } now: {
            time.withLock { $0 }
        } story: { daemon in
            try await daemon.receive("EP-1", "success")
            try await daemon.receive("EP-2", "processing")
            time.withLock { $0 = $0 + .seconds(401 * 86_400) }
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(daemon.adminPort)/v1/prune")
            let refused = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            #expect(refused.status == .methodNotAllowed)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            let doubted = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            #expect(doubted.status == .serviceUnavailable, "the clock has gone ahead by more than a day")
            time.withLock { $0 = $0 + .seconds(86_400) }
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let body = Data(try await answer.body.collect(upTo: 4096).readableBytesView)
            let pruned = try JSONDecoder().decode(PruningAnswer.self, from: body)
            #expect(pruned.bodies == 1 && pruned.needed == 1 && pruned.rejected == 0 && pruned.bytes > 100)
        }
    }

    @Test func `once a day is once a day, whatever the number of looks`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let configuration = Configuration(database: .file(folder.database), accounts: [])
        let ledger = try configuration.publicConfiguration.openLedger()
        let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
        let rules = Mutex(0)
        let pruner = Pruner(
            ledger: ledger,
            rule: {
                rules.withLock { $0 += 1 }
                return configuration.retention.rule
            },
            logger: .silent,
            now: { time.withLock { $0 } }
        )
        var rests: [Duration] = []
        for step in [Duration.zero, .seconds(60), .seconds(86_400 - 120), .seconds(61), .seconds(-200_000)] {
            time.withLock { $0 = $0 + step }
            rests.append(await pruner.pruneIfDue())
        }
        #expect(rules.withLock { $0 } == 3, "the first, one a day later, one after the clock was set back")
        #expect(rests == [.seconds(3600), .seconds(3600), .seconds(60), .seconds(3600), .seconds(3600)])
        try await ledger.finish()
    }
}
