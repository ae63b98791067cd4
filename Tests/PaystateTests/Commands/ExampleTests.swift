import Glibc
import TestSupport
import Testing

/// `paystate serve --example`, on another address than the usual one.
@Suite struct ExampleTests {
    @Test func `an address for the example alone is a usage error without it`() async throws {
        let alone = try await ProgramRun.paystate(["serve", "--listen", "127.0.0.1:8090"])
        #expect(alone.status == 64)
        #expect(alone.errors.contains("--listen goes with --example: without it, set `listen` in the configuration"))
        let portOnly = try await ProgramRun.paystate(["serve", "--example", "--listen", "8090"])
        #expect(portOnly.status == 64)
        #expect(portOnly.errors.contains("`8090` is not host:port or [v6]:port"))
    }

    @Test func `an address that is taken is named, with what to do`() async throws {
        let daemon = try DaemonProcess(gateways: 1)
        defer { daemon.remove() }
        try await daemon.start()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let address = "127.0.0.1:\(daemon.callbacks)"
        let second = try await ProgramRun.paystate(["serve", "--example", "--listen", address], in: folder.url)
        #expect(second.status == 69)
        // The admin listener takes the next port, which may be the other daemon's too, and be found first.
        #expect(second.errors.contains("cannot listen on 127.0.0.1:"), "\(second.errors)")
        #expect(second.errors.contains("(Address already in use): another program listens there"))
        #expect(second.errors.contains("`ss -ltnp`"))
        #expect(second.errors.contains("paystate serve --example --listen 127.0.0.1:"))
    }

    @Test func `it listens where it is told to, and its commands to paste say so`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let run = try await ProgramRun.paystate(
            ["serve", "--example", "--listen", "127.0.0.1:0"],
            until: "Ctrl-C stops it.",
            signal: SIGTERM,
            in: folder.url
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Paystate listens on 127.0.0.1:"), "\(run.output)")
        #expect(run.output.contains("curl -i http://127.0.0.1:"))
        #expect(!run.output.contains(":8080"))
    }
}
