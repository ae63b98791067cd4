import GRDB
import Glibc

/// How long the write-ahead log is, and who keeps it from starting over.
package struct WALState: Sendable {
    /// A log of so many bytes is one that a reader keeps from starting over.
    package static let long: Int64 = 256 << 20

    package let index: WALIndex
    /// Other processes that read the database at this moment: at most one for each mark, the one that the system names.
    package let readers: [WALReader]

    package init(index: WALIndex, readers: [WALReader]) {
        self.index = index
        self.readers = readers
    }

    /// The reader whose view is the oldest, with the pages that were written since.
    package var oldest: (reader: WALReader, pages: Int)? {
        readers.map { ($0, $0.behind(index)) }.max { $0.1 < $1.1 }
    }
}

extension Ledger {
    /// How the write-ahead log stands; `nil` while its index is not to be read.
    ///
    /// Whoever opens the index to look at it drops the locks of this process when that is closed, so it is seen where SQLite has
    /// it in memory, and the readers' locks through SQLite's own descriptor.
    package func logState() async throws -> WALState? {
        try await queue.writeWithoutTransaction { [self] _ in
            guard let index = log.index else { return nil }
            return WALState(index: index, readers: files.index.descriptors.first.map(WALReader.others(at:)) ?? [])
        }
    }
}

extension WALReader {
    /// The readers of other processes, by the locks on the index of the log.
    fileprivate static func others(at descriptor: Int32) -> [WALReader] {
        (0..<5).compactMap { place in
            var lock = Glibc.flock()
            lock.l_type = CShort(F_WRLCK)
            lock.l_whence = CShort(SEEK_SET)
            lock.l_start = off_t(WALIndex.firstReaderLock + place)
            lock.l_len = 1
            guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != CShort(F_UNLCK) else { return nil }
            return WALReader(process: Int(lock.l_pid), place: place)
        }
    }
}
