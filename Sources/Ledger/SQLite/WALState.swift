import Glibc

/// How long the write-ahead log is, and which readers keep it from starting over.
package struct WALState: Sendable {
    /// A log of at least this many bytes is assumed to be kept from starting over by a reader.
    package static let long: Int64 = 256 << 20

    package let index: WALIndex
    /// Other processes that are reading the database now: at most one for each mark, the one that the system names.
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

extension WALReader {
    /// The readers of other processes, by their locks on the log's index.
    static func others(at descriptor: Int32) -> [WALReader] {
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
