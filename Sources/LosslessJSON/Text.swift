/// A key, a string or a number of a document as bytes: unescaped UTF-8, or the number as written.
///
/// It is compared as bytes; `String` would compare by canonical equivalence, and call different keys equal.
package struct Text: Sendable {
    let tape: Tape
    let index: Int

    package var string: String {
        tape.withSpelling(at: index) { spelling in
            guard spelling.isEscaped else { return String(decoding: spelling.bytes, as: UTF8.self) }
            return String(decoding: Array(spelling), as: UTF8.self)
        }
    }

    package static func == (text: Text, string: String) -> Bool {
        var string = string
        return string.withUTF8 { bytes in
            text.tape.withSpelling(at: text.index) { $0 == Spelling(bytes: bytes) }
        }
    }

    package func contains(_ byte: UInt8) -> Bool {
        tape.withSpelling(at: index) { $0.isEscaped ? $0.contains(byte) : $0.bytes.contains(byte) }
    }

    package func append(to buffer: inout [UInt8]) {
        tape.withSpelling(at: index) { spelling in
            if spelling.isEscaped {
                buffer.append(contentsOf: spelling)
            } else {
                buffer.append(contentsOf: spelling.bytes)
            }
        }
    }

    /// Calls a function with each byte in turn.
    package func forEachByte(_ body: (UInt8) -> Void) {
        tape.withSpelling(at: index) { $0.forEach(body) }
    }
}
