import Foundation
import Payments
import TestSupport
import Testing
import paystate

/// The destinations of backups, and which backups stay.
@Suite struct BackupDestinationTests {
    private static let now = Timestamp(milliseconds: 1_795_341_601_250)

    @Test func `a file is what was named, in a folder it is dated`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = BackupDestination("/x/y.db", of: "/var/lib/paystate/paystate.db", at: Self.now)
        #expect(file.file == "/x/y.db" && file.folder == nil)
        let dated = BackupDestination(folder.path, of: "/var/lib/paystate/shop.db", at: Self.now)
        #expect(dated.file == folder.path + "/shop-20261122T100001Z.db")
        let missing = BackupDestination("/nowhere/", of: "paystate.db", at: Self.now)
        #expect(missing.file == "/nowhere/paystate-20261122T100001Z.db")
    }

    @Test func `the newest stay, and nothing goes that it did not name itself`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let own = (18...21).map { "shop-202611\($0)T100001Z.db" }
        let others = ["shop.db", "shop-before.db", "other-20261101T100001Z.db", "shop-20261101T10000XZ.db"]
        let place = BackupDestination(folder.path, of: "shop.db", at: Self.now)
        let new = URL(filePath: place.file).lastPathComponent
        for name in own + others + [new] { try folder.write("", to: name) }
        let removed = try place.removeAll(butNewest: 3)
        #expect(removed.map { URL(filePath: $0).lastPathComponent } == Array(own.prefix(2)))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(left) == Set(own.suffix(2) + others + [new]))
    }

    @Test func `the new one stays whatever a clock that ran ahead has dated, and so does that`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let ahead = (1...3).map { "shop-2027010\($0)T000000Z.db" }
        let own = (19...21).map { "shop-202611\($0)T100001Z.db" }
        let place = BackupDestination(folder.path, of: "shop.db", at: Self.now)
        let new = URL(filePath: place.file).lastPathComponent
        for name in ahead + own + [new] { try folder.write("", to: name) }
        let removed = try place.removeAll(butNewest: 3)
        #expect(removed.map { URL(filePath: $0).lastPathComponent } == [own[0]])
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(left) == Set(ahead + own.suffix(2) + [new]))
    }

    @Test func `a folder or a link of such a name is not a backup`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let precious = folder.file("shop-20261101T100001Z.db/precious")
        try FileManager.default.createDirectory(at: precious, withIntermediateDirectories: true)
        let link = folder.path("shop-20261102T100001Z.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere")
        let place = BackupDestination(folder.path, of: "shop.db", at: Self.now)
        try Data().write(to: URL(filePath: place.file))
        #expect(try place.removeAll(butNewest: 1) == [])
        #expect(FileManager.default.fileExists(atPath: precious.path))
    }
}
