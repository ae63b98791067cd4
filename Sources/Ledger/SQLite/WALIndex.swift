/// How far the write-ahead log has got, as the index that SQLite shares between processes says it
/// (https://sqlite.org/walformat.html, section 2).
package struct WALIndex: Sendable, Equatable {
    /// Pages in the log.
    package let frames: Int
    /// How many of them have been copied into the database.
    package let copied: Int
    /// In bytes.
    package let pageSize: Int
    /// Up to which page of the log readers go, by their place.
    package let marks: [Int]

    /// Where the locks of readers lie in the file: one byte a place.
    package static let firstReaderLock = 123
    static let size = 120

    /// - Parameter bytes: The beginning of the `-shm` file. `nil` if it is none, or is just being written.
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
