import Ledger
import Metrics

/// How much room the database takes, and how much is left.
struct StorageGauges: Sendable {
    private let database: String
    private let databaseSize = Gauge(label: Metric.databaseSize.name)
    private let logSize = Gauge(label: Metric.logSize.name)
    private let logReader = Gauge(label: Metric.logReader.name)
    private let logReaderLag = Gauge(label: Metric.logReaderLag.name)
    private let diskFree = Gauge(label: Metric.diskFree.name)
    private let diskSize = Gauge(label: Metric.diskSize.name)

    init(database: String) {
        self.database = database
    }

    /// - Parameter log: `nil` where it cannot be looked at.
    func refresh(_ log: WALState?) {
        logReader.record(log.map { Double($0.oldest?.reader.process ?? 0) } ?? .nan)
        logReaderLag.record(log.map { Double($0.oldest?.pages ?? 0) } ?? .nan)
        databaseSize.record(FileStatus(of: database)?.size ?? 0)
        logSize.record(FileStatus(of: database + "-wal")?.size ?? 0)
        guard let disk = FreeSpace(besides: database) else { return }
        diskFree.record(disk.bytes)
        diskSize.record(disk.total)
    }
}
