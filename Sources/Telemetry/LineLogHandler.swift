import Glibc
package import Logging
package import Payments

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
