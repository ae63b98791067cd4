import ConfigurationFile
import Foundation
import TestSupport
import Testing

struct HostEnvironmentTests {
    @Test func `a file is read whole, and its permissions with it`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path("file")
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

    @Test func `what cannot be read says why`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path("file")
        #expect(FileManager.default.createFile(atPath: path, contents: Data(count: 11)))
        #expect(throws: HostEnvironment.Unreadable.larger(than: 10)) { try HostEnvironment.readFile(path, 10) }
        #expect(throws: HostEnvironment.Unreadable.directory) { try HostEnvironment.readFile(folder.path, 10) }
        #expect(throws: HostEnvironment.Unreadable.missing) { try HostEnvironment.readFile("\(path)/x", 10) }
    }

    @Test func `a configuration is loaded from a real file`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let text = Files.account.replacing("env: SECRET", with: "file: key")
        let path = try folder.write(text, to: "paystate.yaml")
        try folder.write("sesame\n", to: "key")
        #expect(try Configuration.load(path, HostEnvironment(variables: [:])).accounts.count == 1)
    }
}
