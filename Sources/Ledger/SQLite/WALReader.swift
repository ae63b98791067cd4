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
