import Foundation
import Logging
import Payments
import Telemetry
import TestSupport
import Testing

struct LoggingTests {
    private let hostile =
        String(String.UnicodeScalarView((0...0x2FFF).compactMap { Unicode.Scalar($0) })) + "\u{1F600}\u{E0001}"

    /// 2026-11-22T10:00:01.250Z
    private let time = Timestamp(milliseconds: 1_795_341_601_250)

    /// The output while a logger is used.
    private func output(
        _ format: LogFormat = .text,
        isJournal: Bool = false,
        provider: Logger.MetadataProvider? = nil,
        _ use: (inout Logger) -> Void
    ) throws -> String {
        let file = try TemporaryFile()
        let sink = LogSink(descriptor: file.descriptor)
        let now = time
        var logger = Logger(label: "test") { _ in
            LineLogHandler(
                format: format,
                level: .info,
                sink: sink,
                isJournal: isJournal,
                metadataProvider: provider,
                now: { now }
            )
        }
        use(&logger)
        return try file.content()
    }

    @Test func `an event is a line`() throws {
        let text = try output {
            $0.info("callback recorded", metadata: ["verdict": "valid", "account": "eu-shop", "deliveries": "\(2)"])
            $0.warning("disk is full")
        }
        #expect(
            text == """
                2026-11-22T10:00:01.250Z info  callback recorded account=eu-shop deliveries=2 verdict=valid
                2026-11-22T10:00:01.250Z warning disk is full

                """
        )
    }

    @Test func `an event is a JSON object`() throws {
        let text = try output(.json) {
            $0.info(
                "callback recorded",
                metadata: ["account": "eu-shop", "level": "high", "ids": ["a", .dictionary(["b": "1", "a": "\"\n"])]]
            )
        }
        #expect(
            text == #"{"time":"2026-11-22T10:00:01.250Z","level":"info","message":"callback recorded","#
                + #""account":"eu-shop","ids":["a",{"a":"\"\u000a","b":"1"}],"metadata.level":"high"}"# + "\n"
        )
    }

    @Test(arguments: [
        (Logger.Level.critical, 2), (.error, 3), (.warning, 4), (.notice, 5), (.info, 6), (.debug, 7), (.trace, 7),
    ])
    func `the journal gets the priority, and keeps its own time`(level: Logger.Level, priority: Int) throws {
        let text = try output(isJournal: true) {
            $0.logLevel = .trace
            $0.log(level: level, "started")
        }
        #expect(text.hasPrefix("<\(priority)>\(level)"))
        #expect(text.hasSuffix(" started\n"))
        let json = try output(.json, isJournal: true) {
            $0.logLevel = .trace
            $0.log(level: level, "started")
        }
        #expect(json == "<\(priority)>{\"level\":\"\(level)\",\"message\":\"started\"}\n")
    }

    @Test func `what is below the level is not written`() throws {
        #expect(try output { $0.debug("started") } == "")
    }

    @Test func `what is nearer to the event wins`() throws {
        let text = try output(provider: Logger.MetadataProvider { ["b": "provider", "c": "provider"] }) {
            $0[metadataKey: "a"] = "logger"
            $0[metadataKey: "b"] = "logger"
            $0.info("started", metadata: ["c": "event"])
        }
        #expect(text.hasSuffix(" started a=logger b=provider c=event\n"))
    }

    @Test func `an error is shown`() throws {
        let text = try output { $0.error("stopped", error: CancellationError()) }
        #expect(text.hasSuffix(" error=CancellationError()\n"))
    }

    @Test(arguments: [
        ("a/b-c:d,e", "a/b-c:d,e"),
        ("", #""""#),
        ("a b", #""a b""#),
        ("a=b", #""a=b""#),
        (#"a"b\c"#, #""a\"b\\c""#),
        ("a\r\n\tb", #""a\r\n\tb""#),
        ("\u{1B}[31m\u{0}", #""\u{1b}[31m\u{0}""#),
        ("zahlung-größe-値", "zahlung-größe-値"),
        ("a\u{85}b\u{2028}c\u{202E}d\u{200B}e", #""a\u{85}b\u{2028}c\u{202e}d\u{200b}e""#),
    ])
    func `a value shows where it ends`(value: String, shown: String) throws {
        #expect(try output { $0.info("got", metadata: ["v": "\(value)"]) }.hasSuffix(" got v=\(shown)\n"))
    }

    @Test(arguments: LogFormat.allCases)
    func `an event is one line, whatever is in it`(format: LogFormat) throws {
        let text = try output(format) { $0.info("\(hostile)", metadata: ["\(hostile)": "\(hostile)"]) }
        #expect(text.hasSuffix("\n"))
        #expect(text.dropLast().unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(text.dropLast().allSatisfy { !$0.isNewline })
    }

    @Test func `JSON says what was said`() throws {
        let text = try output(.json) { $0.info("\(hostile)", metadata: ["v": "\(hostile)"]) }
        let object = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(object["message"].map { Array($0.utf8) } == Array(hostile.utf8))
        #expect(object["v"].map { Array($0.utf8) } == Array(hostile.utf8))
    }

    @Test func `lines of many threads do not mix`() async throws {
        let file = try TemporaryFile()
        let sink = LogSink(descriptor: file.descriptor)
        let logger = Logger(label: "test") { _ in
            LineLogHandler(
                format: .text,
                level: .info,
                sink: sink,
                isJournal: true,
                now: { Timestamp(milliseconds: 0) }
            )
        }
        let long = String(repeating: "x", count: 10_000)
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<20 { logger.info("got", metadata: ["v": "\(long)"]) }
                }
            }
        }
        let lines = try file.content().split(separator: "\n")
        #expect(lines.count == 160)
        #expect(lines.allSatisfy { $0 == "<6>info  got v=\(long)" })
    }

    @Test func `the journal is recognised by its socket, not by the variable alone`() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { ends.forEach { close($0) } }
        let socket = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(ends[0])")
        let journalStream = "8:\(socket.filter(\.isNumber))"
        #expect(LogSink(descriptor: ends[0]).isJournal(journalStream))
        #expect(!LogSink(descriptor: ends[1]).isJournal(journalStream))
        #expect(!LogSink(descriptor: ends[0]).isJournal(""))
        #expect(!LogSink(descriptor: ends[0]).isJournal(nil))
        let file = try TemporaryFile()
        #expect(!LogSink(descriptor: file.descriptor).isJournal(journalStream))
    }
}
