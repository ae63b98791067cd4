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
