import Daemon
import Foundation
import Testing

/// sd_notify(3), against a real socket.
@Suite struct SystemdNotifierTests {
    @Test(arguments: ["@paystate-\(UUID().uuidString)", "/tmp/paystate-\(UUID().uuidString)"])
    func `a message is one datagram, to a path or to an abstract name`(_ name: String) throws {
        let socket = try NotifySocket(name)
        defer { unlink(name) }
        let systemd = try #require(socket.systemd())
        #expect(systemd.notify([.ready, .status("Listening on 127.0.0.1:8080")]))
        #expect(systemd.notify([.reloading(since: 1_234_567)]))
        #expect(systemd.notify([.stopping, .alive]))
        #expect(
            socket.messages == [
                "READY=1\nSTATUS=Listening on 127.0.0.1:8080", "RELOADING=1\nMONOTONIC_USEC=1234567",
                "STOPPING=1\nWATCHDOG=1",
            ]
        )
    }

    @Test func `nothing that an error says can become another notice`() throws {
        let socket = try NotifySocket("@paystate-\(UUID().uuidString)")
        socket.systemd()?.notify([.status("one\nREADY=1\r\nthree")])
        #expect(socket.messages == ["STATUS=one READY=1 three"])
    }

    @Test func `whoever does not listen is no trouble`() throws {
        let systemd = try #require(SystemdNotifier(["NOTIFY_SOCKET": "/nowhere/notify"]))
        #expect(!systemd.notify([.ready]))
    }

    @Test(arguments: [nil, "", "vsock:2:1234", "notify", "/" + String(repeating: "n", count: 108)])
    func `without a socket that can be reached nobody is told`(_ name: String?) {
        #expect(SystemdNotifier(name.map { ["NOTIFY_SOCKET": $0] } ?? [:]) == nil)
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "30000000"], Duration.seconds(30)),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "77"], .seconds(30)),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "78"], nil),
        (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "soon"], nil), (["WATCHDOG_PID": "77"], nil),
    ])
    func `the watchdog waits for one process, for so long`(_ variables: [String: String], _ watchdog: Duration?) throws
    {
        let variables = variables.merging(["NOTIFY_SOCKET": "/run/systemd/notify"]) { first, _ in first }
        #expect(try #require(SystemdNotifier(variables, process: 77)).watchdog == watchdog)
    }
}
