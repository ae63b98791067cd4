import Glibc
package import Logging
package import Payments
import Synchronization

/// Writes each log event as one line.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let format: LogFormat
    private let sink: LogSink
    private let isJournal: Bool
    private let now: @Sendable () -> Timestamp

    /// - Parameter isJournal: whether journald reads the lines; it takes the priority from the prefix `<N>`
    ///   (sd-daemon(3)), and keeps its own time.
    package init(
        format: LogFormat,
        level: Logger.Level,
        sink: LogSink,
        isJournal: Bool,
        metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> Timestamp
    ) {
        logLevel = level
        self.metadataProvider = metadataProvider
        self.format = format
        self.sink = sink
        self.isJournal = isJournal
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = LogLine(format: format, prefix: isJournal ? "<\(event.level.priority)>" : "")
        if !isJournal { line.add(time: now()) }
        line.add(level: event.level)
        line.add(message: event.message.description)
        for (key, value) in fields(of: event) { line.add(key, value) }
        sink.write(line.end())
    }

    /// The metadata of an event. What is nearer to the event wins; sorted by name, so that equal events make equal
    /// lines.
    private func fields(of event: LogEvent) -> [(key: String, value: Logger.MetadataValue)] {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = .string("\(error)") }
        return all.sorted { $0.key < $1.key }
    }
}

extension LineLogHandler {
    /// Makes every logger of the process write to standard error. Call it once.
    ///
    /// - Parameter journalStream: `$JOURNAL_STREAM`, which systemd sets if standard error is connected to the journal.
    package static func bootstrap(format: LogFormat, level: Logger.Level, journalStream: String?) {
        let sink = LogSink.standardError
        let isJournal = sink.isJournal(journalStream)
        LoggingSystem.bootstrap(
            { _, provider in
                LineLogHandler(
                    format: format,
                    level: level,
                    sink: sink,
                    isJournal: isJournal,
                    metadataProvider: provider,
                    now: Timestamp.now
                )
            },
            metadataProvider: nil
        )
    }
}

extension Logger.Level {
    /// The priority of syslog(3).
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

/// The format of a log line: for people, or a JSON object for programs.
package enum LogFormat: String, Sendable, CaseIterable {
    case text, json
}

/// Where log lines go: each line whole, by one write(2), and one after the other.
package final class LogSink: Sendable {
    private let descriptor: Int32
    private let turn = Mutex(())

    package static let standardError = LogSink(descriptor: STDERR_FILENO)

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Drops the line if it cannot be written: there is nowhere else to report that.
    func write(_ line: [UInt8]) {
        turn.withLock { _ in
            var rest = line[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Whether this is the journal's own socket, by the `device:inode` in `$JOURNAL_STREAM` from systemd. That the
    /// variable is set is not enough: it stays when the output is redirected (systemd.exec(5)).
    package func isJournal(_ journalStream: String?) -> Bool {
        guard let inode = journalStream?.split(separator: ":").last else { return false }
        var target = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
        return target.prefix(max(0, length)).map { UInt8(bitPattern: $0) } == Array("socket:[\(inode)]".utf8)
    }
}
