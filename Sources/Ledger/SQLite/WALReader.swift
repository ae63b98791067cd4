/// A process that reads the database at this moment, as the kernel's list of locks has it.
package struct WALReader: Sendable, Equatable {
    package let process: Int
    /// The place of its mark in the index of the log; at place 0 it needs nothing of the log.
    package let place: Int

    package init(process: Int, place: Int) {
        self.process = process
        self.place = place
    }

    /// The pages of the log that were written since its view began.
    package func behind(_ index: WALIndex) -> Int {
        place == 0 ? 0 : max(0, index.frames - index.marks[place])
    }

    /// The readers of a database.
    ///
    /// - Parameters:
    ///   - locks: The text of `/proc/locks` (proc(5)): `1: POSIX  ADVISORY  READ 1234 fe:00:737 124 124`. Processes of other
    ///     namespaces are not in it.
    ///   - inode: Of the `-shm` file. The device is not compared: some file systems give another one there than to stat(2).
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
