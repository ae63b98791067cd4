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

/// A process that is reading the database now, according to the kernel's list of locks.
package struct WALReader: Sendable, Equatable {
    package let process: Int
    /// The index of its mark in the log's index; with mark 0 it needs nothing of the log.
    package let place: Int

    package init(process: Int, place: Int) {
        self.process = process
        self.place = place
    }

    /// The number of pages of the log that were written since its view began.
    package func behind(_ index: WALIndex) -> Int {
        place == 0 ? 0 : max(0, index.frames - index.marks[place])
    }

    /// The readers of a database.
    ///
    /// - Parameters:
    ///   - locks: the text of `/proc/locks` (proc(5)): `1: POSIX  ADVISORY  READ 1234 fe:00:737 124 124`. Processes of
    ///     other namespaces are not in it.
    ///   - inode: the inode of the `-shm` file. The device is not compared: some file systems report another one there
    ///     than in stat(2).
    package static func all(in locks: String, inode: UInt64) -> [WALReader] {
        locks.split(separator: "\n").flatMap { line -> [WALReader] in
            let fields = line.split(separator: " ")
            guard fields.count == 8, fields[1] == "POSIX", fields[3] == "READ", let process = Int(fields[4]),
                fields[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode,
                let start = Int(fields[6]), let end = Int(fields[7]), start <= end
            else { return [] }
            let places = WALIndex.firstReaderLock..<WALIndex.firstReaderLock + 5
            return places.filter { (start...end).contains($0) }
                .map { WALReader(process: process, place: $0 - places.lowerBound) }
        }
    }
}

/// How far the write-ahead log has got, according to the index that SQLite shares between processes
/// (https://sqlite.org/walformat.html, section 2).
package struct WALIndex: Sendable, Equatable {
    /// Pages in the log.
    package let frames: Int
    /// How many of them have been copied into the database.
    package let copied: Int
    /// In bytes.
    package let pageSize: Int
    /// The page of the log up to which each reader's view goes, by the index of the mark.
    package let marks: [Int]

    /// The offset of the readers' locks in the file: one byte per mark.
    package static let firstReaderLock = 123
    static let size = 120

    /// - Parameter bytes: the beginning of the `-shm` file. The result is `nil` if it is not an index, or is being
    ///   written.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.size, bytes[0..<48] == bytes[48..<96] else { return nil }
        func word(at offset: Int) -> Int {
            bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
        }
        let size = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 14, as: UInt16.self)) }
        guard word(at: 0) == 3_007_000 else { return nil }
        pageSize = size == 1 ? 65_536 : size
        frames = word(at: 16)
        copied = word(at: 96)
        marks = (0..<5).map { word(at: 100 + 4 * $0) }
    }

    /// Pages of the log that are not in the database yet.
    package var waiting: Int { max(0, frames - copied) }
}
