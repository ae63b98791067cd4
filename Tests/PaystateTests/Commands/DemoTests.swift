import Foundation
import TestSupport
import Testing

/// `paystate demo`, which is what `make run` shows a newcomer.
@Suite struct DemoTests {
    @Test func `it makes all that it needs in an empty folder, and ends in agreement`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let run = try await ProgramRun.paystate(
            ["demo", "--seconds", "1", "--rate", "60", "--seed", "7"],
            in: folder.url
        )
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        #expect(run.output.contains("callbacks was passed on to the shop's plugin, in the order of its payment"))
        #expect(FileManager.default.fileExists(atPath: folder.path("var/demo.db")))
    }
}
