import Foundation
import Glibc
import Ledger
import TestSupport
import Testing

/// The real program while its disk is full, short of space, read-only, or broken.
@Suite struct FaultyDiskTests {
    @Test(
        arguments: [
            (DiskBench.Fault.full, "the disk is full\n"), (.quota, "the disk is full\n"),
            (.readonly, "the disk is mounted read-only\n"),
        ]
    )
    func `while nothing can be written, callbacks are to come again, reading goes on, and it recovers by itself`(
        _ fault: DiskBench.Fault,
        _ reason: String
    ) async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        #expect(bench.acknowledged.count == 3)
        try bench.begin(fault)
        let refused = try #require(try await bench.postUntilRefused())
        #expect(refused.status == 503)
        #expect(refused.retryAfter == "5")
        let readiness = try await bench.get("/readyz")
        #expect(readiness.status == 503)
        #expect(readiness.text == reason)
        #expect(try await bench.get("/healthz").status == 200)
        let isTold = try await eventually {
            try await bench.get("/metrics").text.contains("paystate_asking_halted 1\n")
        }
        #expect(isTold)
        #expect(try bench.recorded() == bench.acknowledged)
        try bench.end(fault)
        let isRecovered = try await eventually {
            try await bench.get("/metrics").text.contains("paystate_asking_halted 0\n")
        }
        #expect(isRecovered, "though nobody asked whether it is ready")
        #expect(try await bench.postAgain()?.status == 200)
        #expect(try await bench.get("/readyz").text == "ready\n")
        #expect(try bench.recorded() == bench.acknowledged)
        #expect(bench.daemon.stop() == 0)
    }

    @Test func `with little room left nobody is asked, but callbacks are recorded; with less it is not ready`()
        async throws
    {
        let bench = try DiskBench()
        try bench.begin(.short, "16")
        try await bench.daemon.start()
        #expect(try await bench.watch("EP-1").status == 200)
        let readiness = try await bench.get("/readyz")
        #expect(readiness.status == 200)
        #expect(
            readiness.text == """
                ready
                polling is halted: only 16384 KiB are free on the disk, less than the reserve of 65536 KiB

                """
        )
        #expect(try await bench.post()?.status == 200)
        try await Task.sleep(for: .seconds(1.5))  // It would have been polled by now.
        #expect(try bench.payments().map { $0.text("polls") } == ["0", "0"])
        try bench.begin(.short, "1")
        #expect(try await bench.get("/readyz").status == 503)
        #expect(try await bench.post()?.status == 200)
        try bench.end(.short)
        let isAsked = try await eventually { try bench.payments().contains { $0.text("polls") != "0" } }
        #expect(isAsked)
        #expect(bench.daemon.log.contains("polling is halted"))
    }

    @Test func `a failed fsync ends the program, and the next start has all that was acknowledged`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        try bench.begin(.fsync)
        let answer = try await bench.post()
        #expect(answer == nil || answer?.status == 503)
        #expect(try await bench.daemon.end() == 74)
        #expect(bench.daemon.log.contains("recovers at the next start"))
        try bench.end(.fsync)
        try await bench.daemon.start()
        #expect(try bench.recorded().isSuperset(of: bench.acknowledged))
        #expect(try await bench.postAgain()?.status == 200)
        #expect(try bench.payments().count == 4)
        #expect(bench.daemon.stop() == 0)
    }

    @Test func `on a disk that is full as well, a failed fsync ends the program all the same`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        // A write that finds no space comes before any fsync: the first fsync is that of the checkpoint that is to free
        // space.
        try bench.begin(.fsync)
        try bench.begin(.full)
        _ = try await bench.post()
        #expect(try await bench.daemon.end() == 74)
        try bench.end(.full)
        try bench.end(.fsync)
        try await bench.daemon.start()
        #expect(try bench.recorded().isSuperset(of: bench.acknowledged))
        #expect(bench.daemon.stop() == 0)
    }

    @Test(arguments: [["watch", "ecp", "EP-1"], ["watch", "--from", "-"], ["prune"]])
    func `a command that meets a failed fsync ends with it, and does not say to ask again`(_ command: [String])
        async throws
    {
        let bench = try DiskBench()
        try await bench.daemon.start()
        #expect(bench.daemon.stop() == 0)
        try bench.begin(.fsync)
        let run = try await bench.daemon.follow(
            command + ["--config", bench.daemon.configuration],
            input: "account,payment_id\necp,EP-1\n"
        )
        #expect(run.status == 74)
        #expect(run.errors.contains("recovers at the next start"))
        #expect(!run.errors.contains("again"))
    }

    @Test func `an fsync that fails at the end of a rebuild is not taken for success`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        bench.daemon.stop(with: SIGKILL)  // So that something is left in the log.
        try bench.begin(.fsync)
        let run = try await bench.daemon.follow(["rebuild", "--database", bench.daemon.database])
        #expect(run.status == 74)
        #expect(run.errors.contains("it is unknown whether"))
        try bench.end(.fsync)
        #expect(try await bench.daemon.follow(["rebuild", "--database", bench.daemon.database]).status == 0)
        #expect(try bench.recorded() == bench.acknowledged)
    }

    @Test func `where the second ledger of a rebuild finds no room, its folder is named`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        #expect(bench.daemon.stop() == 0)
        let empty = try FileManager.default.attributesOfItem(atPath: bench.daemon.database)[.size] as? Int
        try await bench.daemon.start()
        for _ in 0..<200 { try await bench.post() }
        #expect(bench.daemon.stop() == 0)
        // Space for the schema, but not for what is derived.
        try bench.begin(.full, "\(try #require(empty) >> 10)")
        let run = try await bench.daemon.follow(["rebuild", "--check", "--database", bench.daemon.database])
        #expect(run.status == 73)
        #expect(run.errors.contains("everything is derived again in /"))
        #expect(!run.errors.contains(bench.daemon.database))
        #expect(run.errors.contains("$TMPDIR"))
    }

    @Test func `an fsync that fails at the end is not taken for success`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        try bench.begin(.fsync)
        #expect(bench.daemon.stop() == 74)
        try bench.end(.fsync)
        try await bench.daemon.start()
        #expect(try bench.recorded() == bench.acknowledged)
    }

    @Test(arguments: [DiskBench.Fault.full, .readonly])
    func `on a disk that cannot be written it does not start, and says why`(_ fault: DiskBench.Fault) async throws {
        let bench = try DiskBench()
        try bench.begin(fault)
        let error = await #expect(throws: DaemonProcess.NotReady.self) { try await bench.daemon.start() }
        #expect(error?.log.contains("cannot write") == true)
        #expect(try await bench.daemon.end() == 74)
    }
}
