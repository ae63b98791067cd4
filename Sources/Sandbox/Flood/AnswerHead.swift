import NIOCore

/// The head of an HTTP/1 response, read for where the response ends.
struct AnswerHead {
    let status: Int
    private var contentLength: Int?
    private var isChunked = false
    private var closes: Bool

    /// nil if the bytes are not an HTTP/1 head.
    init?(_ bytes: ByteBufferView) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first, first.count >= 12, first.starts(with: "HTTP/1.".utf8),
            let status = Int(ascii: first.dropFirst(9).prefix(3)), status >= 100
        else { return nil }
        self.status = status
        closes = first.starts(with: "HTTP/1.0".utf8)
        for line in lines.dropFirst() {
            if let value = line.value(of: "content-length") {
                guard let length = Int(ascii: value) else { return nil }
                contentLength = length
            } else if let value = line.value(of: "connection") {
                closes = value.isWord("close")
            } else if line.value(of: "transfer-encoding") != nil {
                isChunked = true
            }
        }
    }

    /// Whether another head follows it (RFC 9110, section 15.2).
    var isInterim: Bool { (100..<200).contains(status) }

    var isLast: Bool { closes || bodyLength == nil }

    /// nil if the head does not state it: the end of a chunked body is not looked for.
    var bodyLength: Int? {
        if status == 204 || status == 304 { return 0 }
        return isChunked ? nil : contentLength
    }
}

extension ByteBufferView {
    /// The value if the line is the field of this name, which is given in lower case; without white space around it.
    fileprivate func value(of name: StaticString) -> ByteBufferView? {
        let length = name.utf8CodeUnitCount
        guard count > length, self[startIndex + length] == UInt8(ascii: ":"), prefix(length).isWord(name) else {
            return nil
        }
        let value = dropFirst(length + 1).drop { $0.isBlank }
        let end = value.lastIndex { !$0.isBlank }
        return end.map { value[...$0] } ?? value
    }

    /// Whether it is this word, which is given in lower case.
    fileprivate func isWord(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in elementsEqual(word) { $0 | 0x20 == $1 | 0x20 } }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r")
    }
}

extension Int {
    /// Parses digits and nothing else, at most nine of them.
    fileprivate init?(ascii digits: ByteBufferView) {
        guard (1...9).contains(digits.count) else { return nil }
        self = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            self = self * 10 + Int(digit - UInt8(ascii: "0"))
        }
    }
}
