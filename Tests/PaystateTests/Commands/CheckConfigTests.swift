import Foundation
import TestSupport
import Testing

/// The output and exit code of `paystate check-config`.
@Suite struct CheckConfigTests {
    private static let accounts = """
        accounts:
          eu-shop: {gateway: ecommpay, project_id: 240, secrets: [{file: key}]}
          eu-old: {gateway: ecommpay, project_id: 240, secrets: [{file: key}]}
        """

    @Test func `it tells where the gateways call back, and warns of what is unwise`() throws {
        let (status, output, complaints) = try check("listen: 0.0.0.0:8080\n\(Self.accounts)")
        #expect(status == 0)
        #expect(output.contains("account   eu-shop (ecommpay): the gateway posts callbacks to /callbacks/eu-shop\n"))
        #expect(output.contains("account   eu-old (ecommpay): the gateway posts callbacks to /callbacks/eu-old\n"))
        #expect(complaints.contains("paystate.yaml:1: listen: 0.0.0.0:8080 is reachable from other machines"))
        let twin = "paystate.yaml:4: accounts.eu-old: is the same at the gateway as `eu-shop` in line 3"
        #expect(complaints.contains(twin))
    }

    @Test func `a folder that is missing keeps the daemon from starting`() throws {
        let (status, output, complaints) = try check(
            "database: nowhere/p.db\nadmin: [/nowhere/a.sock]\n\(Self.accounts)"
        )
        #expect(status == 78)
        #expect(output == "")
        #expect(complaints.contains("paystate.yaml:1: database: there is no folder "))
        #expect(complaints.contains("paystate.yaml:2: admin[0]: there is no folder /nowhere: make it"))
    }

    private func check(_ configuration: String) throws -> (status: Int32, output: String, complaints: String) {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write(configuration, to: "paystate.yaml")
        try folder.write("sesame\n", to: "key")
        let process = Process()
        let (output, complaints) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "paystate")
        process.arguments = ["check-config", "--config", file]
        process.standardOutput = output
        process.standardError = complaints
        try process.run()
        let texts = try [output, complaints].map { pipe in
            String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        }
        process.waitUntilExit()
        return (process.terminationStatus, texts[0], texts[1])
    }
}
