import Glibc
import NIOCore

/// Finds the request lines of other protocols in a connection's bytes: SwiftNIO's parser takes `RTSP/1.0` and `ICE/1.0`
/// for HTTP without saying so.
///
/// Every line with such an ending counts, because it is not yet known where one request ends and the next begins. No
/// JSON contains such a line: strings hold no line ends, and outside strings there are no such words.
struct ForeignProtocolWatch {
    /// The last bytes received so far, the newest lowest.
    private var tail: UInt128 = 0

    /// Whether a line that ends in these bytes is such a request line.
    mutating func finds(in bytes: ByteBuffer) -> Bool {
        bytes.withUnsafeReadableBytes { bytes in
            defer { for byte in bytes.suffix(16) { tail = tail << 8 | UInt128(byte) } }
            guard let start = bytes.baseAddress else { return false }
            var position = 0
            while let lineFeed = memchr(start + position, 0x0A, bytes.count - position) {
                let end = start.distance(to: lineFeed)
                if isForeign(bytes, end: end) { return true }
                position = end + 1
            }
            return false
        }
    }

    private func isForeign(_ bytes: UnsafeRawBufferPointer, end: Int) -> Bool {
        /// The byte that precedes the line's end by this distance, across the boundary to earlier bytes.
        func byte(_ distance: Int) -> UInt8 {
            let index = end - 1 - distance
            return index >= 0 ? bytes[index] : UInt8(truncatingIfNeeded: tail >> UInt128(8 * (-1 - index)))
        }
        let start = byte(0) == UInt8(ascii: "\r") ? 1 : 0
        guard 0x30...0x39 ~= byte(start), byte(start + 1) == UInt8(ascii: "."), 0x30...0x39 ~= byte(start + 2),
            byte(start + 3) == UInt8(ascii: "/")
        else { return false }
        return ["RTSP", "ICE"].contains { (name: StaticString) in
            let count = name.utf8CodeUnitCount
            return byte(start + 4 + count) == UInt8(ascii: " ")
                && (0..<count).allSatisfy { name.utf8Start[count - 1 - $0] == byte(start + 4 + $0) }
        }
    }
}
