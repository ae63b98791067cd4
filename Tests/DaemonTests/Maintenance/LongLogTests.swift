import Daemon
import Ledger
import Logging
import Payments
import TestSupport
import Testing

/// What the daemon's log says of a write-ahead log that has grown long.
@Suite struct LongLogTests {
    @Test func `of a log that has grown long the reader is told, and of one that is being copied`() throws {
        func logged(frames: UInt32, readers: [WALReader]) throws -> String? {
            let index = try #require(WALIndex(WALIndex.bytes(frames: frames, copied: 0, marks: [0, 100, 9000])))
            guard let log = LongLog(WALState(index: index, readers: readers)) else { return nil }
            let file = try TemporaryFile()
            log.log(.writing(to: file) { Timestamp(milliseconds: 0) }) { $0 == 11 ? "report" : nil }
            return try file.content()
        }
        let readers = [WALReader(process: 12, place: 2), WALReader(process: 11, place: 1)]
        #expect(try logged(frames: 65_000, readers: readers) == nil)
        let long = try #require(try logged(frames: 70_000, readers: readers))
        #expect(long.contains("reads an old view"))
        #expect(long.contains("command=report pages_behind=69900 process=11"))
        #expect(try logged(frames: 70_000, readers: [])?.contains("is being copied") == true)
    }
}
