/// A key, a string or a number of a document as bytes: unescaped UTF-8, or the number as written.
///
/// It is compared as bytes; `String` would compare by canonical equivalence, and consider different keys equal.
package struct Text: Sendable {
    let tape: Tape
    let index: Int

    package var string: String {
        withBytes { String(decoding: $0, as: UTF8.self) }
    }

    package static func == (text: Text, string: String) -> Bool {
        var string = string
        return string.withUTF8 { bytes in
            text.tape.withSpelling(at: text.index) { $0 == RawString(bytes: bytes) }
        }
    }

    package func contains(_ byte: UInt8) -> Bool {
        withBytes { $0.contains(byte) }
    }

    package func append(to buffer: inout [UInt8]) {
        withBytes { buffer.append(contentsOf: $0) }
    }

    /// Borrows its bytes, which are copied only if they are written with escapes.
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        tape.withSpelling(at: index) { spelling in
            spelling.isEscaped ? Array(spelling).withUnsafeBufferPointer(body) : body(spelling.bytes)
        }
    }

    /// Calls a function with each byte in turn.
    package func forEachByte(_ body: (UInt8) -> Void) {
        tape.withSpelling(at: index) { $0.forEach(body) }
    }
}
