import Foundation
import TestSupport
import Testing

/// `paystate demo`, which is what `make run` shows a newcomer.
@Suite struct DemoTests {
    @Test func `it makes all that it needs in an empty folder, and ends in agreement`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let demo = Process()
        demo.executableURL = DaemonProcess.products.appending(path: "paystate")
        demo.arguments = ["demo", "--seconds", "1", "--rate", "60", "--seed", "7"]
        demo.currentDirectoryURL = folder.url
        demo.standardInput = FileHandle.nullDevice
        demo.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        demo.standardError = errors
        let status = try await withCheckedThrowingContinuation { continuation in
            demo.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try demo.run() } catch { continuation.resume(throwing: error) }
        }
        let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
        #expect(status == 0, "\(String(decoding: complaints, as: UTF8.self))")
        #expect(FileManager.default.fileExists(atPath: folder.path("var/demo.db")))
    }
}
