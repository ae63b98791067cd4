import ConfigurationFile
import Foundation
import Testing

struct HostEnvironmentTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "paystate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // Leftovers are in the temporary folder.
        try body(folder)
    }

    @Test func `a file is read whole, and its permissions with it`() throws {
        try withFolder { folder in
            let path = folder.appending(path: "file").path
            let content = Data((0..<40_000).map { UInt8(truncatingIfNeeded: $0) })
            for (mode, isWorldReadable) in [(0o600, false), (0o640, false), (0o644, true)] {
                let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode]
                #expect(FileManager.default.createFile(atPath: path, contents: content, attributes: attributes))
                let file = try HostEnvironment.readFile(path, 40_000)
                #expect(file.bytes == Array(content))
                #expect(file.isWorldReadable == isWorldReadable)
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test func `what cannot be read says why`() throws {
        try withFolder { folder in
            let path = folder.appending(path: "file").path
            #expect(FileManager.default.createFile(atPath: path, contents: Data(count: 11)))
            #expect(throws: HostEnvironment.Unreadable.larger(than: 10)) { try HostEnvironment.readFile(path, 10) }
            #expect(throws: HostEnvironment.Unreadable.directory) { try HostEnvironment.readFile(folder.path, 10) }
            #expect(throws: HostEnvironment.Unreadable.missing) { try HostEnvironment.readFile("\(path)/x", 10) }
        }
    }

    @Test func `a configuration is loaded from a real file`() throws {
        try withFolder { folder in
            let path = folder.appending(path: "paystate.yaml").path
            try Data(Files.account.replacing("env: SECRET", with: "file: key").utf8).write(to: URL(filePath: path))
            try Data("sesame\n".utf8).write(to: folder.appending(path: "key"))
            #expect(try Configuration.load(path, HostEnvironment(variables: [:])).accounts.count == 1)
        }
    }
}
