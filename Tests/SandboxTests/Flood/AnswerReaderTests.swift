import NIOCore
import Sandbox
import Testing

/// Finding the end of a response, whatever pieces it arrives in.
@Suite struct AnswerReaderTests {
    private typealias Answer = AnswerReader.Answer

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nOK\n", 200, false),
        ("HTTP/1.1 503 Service Unavailable\r\nRETRY-AFTER: 5\r\ncOnTeNt-LeNgTh:\t0 \r\n\r\n", 503, false),
        ("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx", 200, true),
        ("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", 200, false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, true),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, false),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 2\r\n\r\nOK", 200, false),
        ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", 200, false),
    ]) func `an answer is whole with its last byte`(text: String, status: Int, isLast: Bool) throws {
        var reader = AnswerReader()
        for _ in 0..<2 {
            #expect(try reader.read(ByteBuffer(string: text)) == Answer(status: status, isLast: isLast))
            for byte in text.utf8.dropLast() { #expect(try reader.read(ByteBuffer(bytes: [byte])) == nil) }
            let last = try reader.read(ByteBuffer(bytes: text.utf8.suffix(1)))
            #expect(last == Answer(status: status, isLast: isLast))
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n5\r\n",
    ]) func `an answer whose head does not tell its end is the connection's last`(text: String) throws {
        var reader = AnswerReader()
        #expect(try reader.read(ByteBuffer(string: text)) == Answer(status: 200, isLast: true))
    }

    @Test(arguments: [
        ("220 mail.example.com ESMTP\r\n\r\n", UnreadableAnswer.notHTTP),
        ("HTTP/2 200\r\n\r\n", .notHTTP),
        ("HTTP/1.1 2x0 OK\r\n\r\n", .notHTTP),
        ("HTTP/1.1 099 OK\r\n\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1234567890\r\n\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", .tooLong),
        ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 20_000), .tooLong),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK\n", .unasked),
    ]) func `what is no answer is said to be none`(text: String, error: UnreadableAnswer) {
        #expect(throws: error) {
            var reader = AnswerReader()
            _ = try reader.read(ByteBuffer(string: text))
        }
    }
}
