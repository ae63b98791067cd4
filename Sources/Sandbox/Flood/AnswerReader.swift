package import NIOCore

/// Reads the answers of one connection as far as a flood needs them: what the status is, and where the answer ends.
///
/// Requests are sent one at a time, so more bytes than one answer has are nobody's answer.
package struct AnswerReader {
    package struct Answer: Equatable {
        package let status: Int
        /// Nothing can be asked on this connection any more.
        package let isLast: Bool

        package init(status: Int, isLast: Bool) {
            self.status = status
            self.isLast = isLast
        }
    }

    private static let longestHead = 16 << 10
    private static let longestBody = 16 << 20

    private var head = ByteBuffer()
    /// An answer whose body is not whole yet, and how many bytes are missing.
    private var begun: (answer: Answer, missing: Int)?

    package init() {}

    /// Takes the bytes that came; the answer if they complete it.
    package mutating func read(_ piece: ByteBuffer) throws(UnreadableAnswer) -> Answer? {
        guard let begun else {
            var piece = piece
            if head.readableBytes == 0 { head = piece } else { head.writeBuffer(&piece) }
            return try readHead()
        }
        return try finish(begun.answer, missing: begun.missing, with: piece.readableBytes)
    }

    private mutating func readHead() throws(UnreadableAnswer) -> Answer? {
        while let length = head.lengthOfHead {
            guard let bytes = head.readSlice(length: length), let read = AnswerHead(bytes.readableBytesView) else {
                throw .notHTTP
            }
            guard !read.isInterim else { continue }
            guard let bodyLength = read.bodyLength else {
                // The body ends where the connection does: nobody waits for that.
                return Answer(status: read.status, isLast: true)
            }
            guard bodyLength <= Self.longestBody else { throw .tooLong }
            let rest = head.readableBytes
            head.clear()
            return try finish(Answer(status: read.status, isLast: read.isLast), missing: bodyLength, with: rest)
        }
        guard head.readableBytes <= Self.longestHead else { throw .tooLong }
        return nil
    }

    private mutating func finish(
        _ answer: Answer,
        missing: Int,
        with count: Int
    ) throws(UnreadableAnswer) -> Answer? {
        guard count <= missing else { throw .unasked }
        begun = count < missing ? (answer, missing - count) : nil
        return count < missing ? nil : answer
    }
}

/// Why bytes are no answer.
package enum UnreadableAnswer: Error, Equatable {
    case notHTTP
    case tooLong
    /// There were bytes after its end.
    case unasked
}

extension ByteBuffer {
    /// Up to and with the empty line, if that has come.
    fileprivate var lengthOfHead: Int? {
        withUnsafeReadableBytes { bytes in
            var lineLength = 0
            for (index, byte) in bytes.enumerated() where byte != UInt8(ascii: "\r") {
                if byte != UInt8(ascii: "\n") {
                    lineLength += 1
                } else if lineLength == 0 {
                    return index + 1
                } else {
                    lineLength = 0
                }
            }
            return nil
        }
    }
}
