import ConfigurationFile
package import Ledger
package import Logging
import Telemetry

/// A write-ahead log that has grown long, because a reader keeps it from starting over.
package struct LongLog {
    /// In bytes.
    private let size: Int64
    private let oldest: (reader: WALReader, pages: Int)?

    /// - Returns: `nil` if it is not long.
    package init?(_ state: WALState) {
        size = Int64(state.index.frames) * Int64(state.index.pageSize)
        guard size >= WALState.long else { return nil }
        oldest = state.oldest
    }

    /// Logs the length, and which process reads the oldest snapshot.
    ///
    /// - Parameter name: the command of a process, if it can be determined.
    package func log(_ logger: Logger, named name: (Int) -> String? = HostEnvironment(variables: [:]).command) {
        var metadata: Logger.Metadata = ["size": "\(Approximate.bytes(size))"]
        guard let oldest, oldest.pages > 0 else {
            return logger.warning(
                "the write-ahead log is long, and is being copied into the database",
                metadata: metadata
            )
        }
        metadata["process"] = "\(oldest.reader.process)"
        if let command = name(oldest.reader.process) { metadata["command"] = "\(command)" }
        metadata["pages_behind"] = "\(oldest.pages)"
        logger.warning(
            "a program reads an old view of the database, and the log grows until it ends: let it read in small portions, or end it",
            metadata: metadata
        )
    }
}
