import Foundation
import Testing

/// `paystate demo`, which is what `make run` shows a newcomer.
@Suite struct DemoTests {
    @Test func `it makes all that it needs in an empty folder, and ends in agreement`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "demo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // A leftover folder is harmless.
        let demo = Process()
        demo.executableURL = DaemonProcess.products.appending(path: "paystate")
        demo.arguments = ["demo", "--seconds", "1", "--rate", "60", "--seed", "7"]
        demo.currentDirectoryURL = folder
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
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "var/demo.db").path))
    }
}
