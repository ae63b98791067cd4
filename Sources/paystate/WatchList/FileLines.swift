package import Foundation

/// The lines of a file that may be larger than memory, without a byte order mark and line breaks (LF or CRLF).
package struct FileLines {
    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// The number of the last line, from 1.
    package private(set) var number = 0
    /// The bytes of the file that the lines so far take up.
    package private(set) var bytesTaken = 0

    private static let pieceSize = 64 << 10
    /// The longest line, in bytes. No valid row is that long; a longer line is cut, and found to be bad.
    private static let longestLine = 64 << 10
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    package init(of file: FileHandle) {
        self.file = file
    }

    package mutating func next() throws -> [UInt8]? {
        var line: [UInt8] = []
        var isWhole = false
        while !isWhole {
            if start == buffer.count, try !readOn() { break }
            let rest = buffer[start...]
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            line += rest[..<(end ?? buffer.count)].prefix(Self.longestLine - line.count)
            let next = end.map { $0 + 1 } ?? buffer.count
            bytesTaken += next - start
            start = next
            isWhole = end != nil
        }
        guard isWhole || !line.isEmpty else { return nil }
        number += 1
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if number == 1, line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        return line
    }

    private mutating func readOn() throws -> Bool {
        guard !isAtEnd, let piece = try file.read(upToCount: Self.pieceSize), !piece.isEmpty else {
            isAtEnd = true
            return false
        }
        buffer = Array(piece)
        start = 0
        return true
    }
}
