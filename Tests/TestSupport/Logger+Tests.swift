package import Logging
package import Payments
import Telemetry

extension Logger {
    /// Drops everything.
    package static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// Writes text lines into a file, as the daemon does on standard error.
    package static func writing(
        to file: TemporaryFile,
        level: Logger.Level = .info,
        now: @escaping @Sendable () -> Timestamp
    ) -> Logger {
        let sink = LogSink(descriptor: file.descriptor)
        return Logger(label: "test") { _ in
            LineLogHandler(format: .text, level: level, sink: sink, isJournal: false, now: now)
        }
    }
}
