package import NIOCore

/// Reads the responses on one connection as far as a flood needs them: the status, and where the response ends.
///
/// Requests are sent one at a time, so bytes beyond one response are an error.
package struct AnswerReader {
    package struct Answer: Equatable {
        package let status: Int
        /// Whether this connection takes no further request.
        package let isLast: Bool

        package init(status: Int, isLast: Bool) {
            self.status = status
            self.isLast = isLast
        }
    }

    private static let longestHead = 16 << 10
    private static let longestBody = 16 << 20

    private var head = ByteBuffer()
    /// A response whose body is incomplete, and how many bytes are missing.
    private var begun: (answer: Answer, missing: Int)?

    package init() {}

    /// Reads the bytes that arrived; returns the response if they complete it.
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
                // The body ends where the connection does, which is not awaited.
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

/// Why bytes are not a response.
package enum UnreadableAnswer: Error, Equatable {
    case notHTTP
    case tooLong
    /// There were bytes after the end of the response.
    case unasked
}

extension ByteBuffer {
    /// The length up to and including the empty line, if that has arrived.
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
