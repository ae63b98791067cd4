import Foundation
import TestSupport
import Testing

/// `paystate serve --example`, on another address than the usual one.
@Suite struct ExampleTests {
    @Test func `an address for the example alone is a usage error without it`() throws {
        let alone = try FinishedCommand(["serve", "--listen", "127.0.0.1:8090"])
        #expect(alone.status == 64)
        #expect(alone.errors.contains("--listen goes with --example: without it, set `listen` in the configuration"))
        let portOnly = try FinishedCommand(["serve", "--example", "--listen", "8090"])
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
        let second = try FinishedCommand(["serve", "--example", "--listen", address], in: folder.url)
        #expect(second.status == 69)
        // The admin listener takes the next port, which may be the other daemon's too, and be found first.
        #expect(second.errors.contains("cannot listen on 127.0.0.1:"), "\(second.errors)")
        #expect(second.errors.contains("(Address already in use): another program listens there"))
        #expect(second.errors.contains("`ss -ltnp`"))
        #expect(second.errors.contains("paystate serve --example --listen 127.0.0.1:"))
    }

    @Test func `it listens where it is told to, and its commands to paste say so`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let process = Process()
        let output = Pipe()
        process.executableURL = DaemonProcess.products.appending(path: "paystate")
        process.arguments = ["serve", "--example", "--listen", "127.0.0.1:0"]
        process.currentDirectoryURL = folder.url
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("Ctrl-C stops it.") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { break }  // It has ended.
            text += String(decoding: bytes, as: UTF8.self)
        }
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.contains("Paystate listens on 127.0.0.1:"), "\(text)")
        #expect(text.contains("curl -i http://127.0.0.1:"))
        #expect(!text.contains(":8080"))
    }
}
