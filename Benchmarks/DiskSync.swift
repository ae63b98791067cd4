import Foundation
import Glibc
import Histogram
import Sandbox

/// Measures the disk alone: writing and syncing a page of a file that already has its size, as SQLite does for a small
/// commit when its log starts over.
enum DiskSync {
    private static let pageSize = 4096
    private static let pages = 512
    private static let longest = Duration.seconds(2)

    /// The times in microseconds, one for each page.
    ///
    /// - Throws: the system's error.
    static func waits(in folder: URL) throws -> Histogram<UInt64> {
        let path = folder.appending(path: "disk").path
        let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw problem(path) }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 1, count: pageSize)
        for _ in 0..<pages { guard write(file, page, pageSize) == pageSize else { throw problem(path) } }
        guard fsync(file) == 0 else { throw problem(path) }
        var waits = Latencies.histogram()
        let start = ContinuousClock.now
        for number in 0..<pages where ContinuousClock.now - start < longest {
            let before = ContinuousClock.now
            guard pwrite(file, page, pageSize, number * pageSize) == pageSize, fdatasync(file) == 0 else {
                throw problem(path)
            }
            waits.record((ContinuousClock.now - before).microseconds)
        }
        return waits
    }

    private static func problem(_ path: String) -> CocoaError {
        CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path, "reason": String(cString: strerror(errno))])
    }
}
