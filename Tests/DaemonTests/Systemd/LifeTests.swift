import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import GRDB
import TestSupport
import Testing

/// What the whole daemon reports to systemd.
@Suite struct LifeTests {
    @Test func `it is ready when everything listens, and not before`() async throws {
        let socket = try NotifySocket("@paystate-\(UUID().uuidString)")
        try await RunningDaemon.run(systemd: socket.systemd()) { daemon in
            let ready = try await socket.message { $0.hasPrefix("READY=1") }
            #expect(ready.contains("STATUS=Listening on 127.0.0.1:\(daemon.port); 2 accounts"))
            #expect(daemon.isListening())
        }
        let words = socket.messages.compactMap { $0.split(separator: "STATUS=").last }
        #expect(words.prefix(2) == ["Opening the database", "Starting to listen"])
        #expect(socket.messages.last == "STOPPING=1\nSTATUS=Stopping: finishing accepted requests")
        #expect(socket.messages.count { $0.hasPrefix("READY=1") } == 1)
        #expect(socket.beats() == 0, "no watchdog is waiting")
    }

    @Test func `a daemon that cannot listen is never ready, and says where and why`() async throws {
        let socket = try NotifySocket("@paystate-\(UUID().uuidString)")
        try await RunningDaemon.run { other in
            let taken = HostAndPort(host: "127.0.0.1", port: other.adminPort)
            await #expect(throws: ListenError.self) {
                try await RunningDaemon.run({ $0.admin.append(.loopback(taken)) }, systemd: socket.systemd()) { _ in }
            }
            let status = socket.messages.last ?? ""
            #expect(status.hasPrefix("STATUS=Stopped: cannot listen on \(taken) (Address already in use): "))
            #expect(status.contains("another program listens there; find it with `ss -ltnp`"))
            #expect(status.hasSuffix("or set another address under `admin`"))
        }
        #expect(!socket.messages.contains { $0.contains("READY=1") })
    }

    @Test func `a public address that is taken is named, with the key under which to set another`() async throws {
        let socket = try NotifySocket("@paystate-\(UUID().uuidString)")
        try await RunningDaemon.run { other in
            let taken = HostAndPort(host: "127.0.0.1", port: other.port)
            await #expect(throws: ListenError.self) {
                try await RunningDaemon.run({ $0.listen = .address(taken) }, systemd: socket.systemd()) { _ in }
            }
            let status = socket.messages.last ?? ""
            #expect(status.hasPrefix("STATUS=Stopped: cannot listen on \(taken) (Address already in use): "))
            #expect(status.hasSuffix("or set another address under `listen`"))
        }
    }

    @Test func `the watchdog is fed with what the ledger holds`() async throws {
        let socket = try NotifySocket("@paystate-\(UUID().uuidString)")
        try await RunningDaemon.run(systemd: socket.systemd(watchdog: 100)) { daemon in
            try await daemon.receive("EP-1", "processing")
            let fed = try await socket.message { $0.contains("1 payment open") }
            #expect(fed.hasPrefix("WATCHDOG=1"))
            #expect(fed.hasSuffix("; 1 payment open; last callback 08:00:00Z"))
            let count = socket.beats()
            try await daemon.wait("the next beats") { socket.beats() > count + 1 }
        }
    }

    @Test func `while callbacks are answered 503 it says so and why, and no longer when that is over`() async throws {
        let socket = try NotifySocket("@paystate-\(UUID().uuidString)")
        try await RunningDaemon.run({ $0.limits.queue = 1 }, systemd: socket.systemd(watchdog: 2000)) { daemon in
            // It holds its lock for less than the daemon's timeout: waiting callbacks are recorded in the end.
            let other = try await DatabaseQueue.holdingWriter(of: daemon.database)
            var answers: [String] = []
            try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 1...6 {
                    let body = try SignedCallback.ecommpay("EP-\(number)")
                    group.addTask {
                        try await RawConnection.ask(daemon.port, request("POST", "/callbacks/ecp", body: body)).statuses
                    }
                }
                try await socket.message {
                    $0.contains("STATUS=Callbacks are answered 503: the queue is full; Listening")
                }
                try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
                for try await statuses in group { answers += statuses }
            }
            try other.close()
            #expect(answers.contains("503"))
            let count = socket.messages.count
            try await socket.message(after: count) { $0.contains("STATUS=Listening on 127.0.0.1:\(daemon.port)") }
        }
    }

    @Test func `the watchdog of another process is not fed`() async throws {
        let socket = try NotifySocket("@paystate-\(UUID().uuidString)")
        let systemd = socket.systemd(watchdog: 20, watched: getpid() + 1)
        try await RunningDaemon.run(systemd: systemd) { _ in
            try await socket.message { $0.contains("no callback yet") }
        }
        #expect(socket.beats() == 0)
    }

    @Test func `while the writer waits for another program the watchdog is not fed, and then it is again`() async throws
    {
        let socket = try NotifySocket("@paystate-\(UUID().uuidString)")
        try await RunningDaemon.run(systemd: socket.systemd(watchdog: 40)) { daemon in
            try await daemon.wait("the first beats") { socket.beats() > 1 }
            // The lock is held for less than the daemon's lock timeout; meanwhile the daemon's writer is stuck.
            var patient = GRDB.Configuration()
            patient.busyMode = .timeout(5)
            let other = try DatabaseQueue(path: daemon.database, configuration: patient)
            let beats = try await other.writeWithoutTransaction { database in
                try database.execute(sql: "BEGIN IMMEDIATE")
                let before = socket.beats()
                Thread.sleep(forTimeInterval: 0.6)
                let during = socket.beats() - before
                try database.execute(sql: "ROLLBACK")
                return during
            }
            #expect(beats <= 1, "one may have been on its way")
            try other.close()
            let count = socket.beats()
            try await daemon.wait("beats again") { socket.beats() > count + 1 }
        }
    }
}
