import ConfigurationFile
import Glibc
import Ledger
import Logging
import Metrics
import Payments
import ServiceLifecycle
import Telemetry

/// Collects the metrics of the ledger, the disk and the process at a fixed interval, so that a scrape costs nothing.
///
/// It also proves that the database can be written, if nothing else did, and tallies each hour when it is over.
struct HealthWatch: Service {
    private static let pace = Duration.seconds(15)
    /// How old the last proof may be. The heartbeat proves it more often if systemd is notified.
    private static let probeAge = Duration.seconds(60)

    private let ledger: Ledger
    private let reader: LedgerReader
    private let accounts: @Sendable () -> Set<String>
    private let targets: @Sendable () -> [DeliveryTarget.ID]
    /// `nil` for a database on a server, whose disk is not this machine's.
    private let storage: StorageGauges?
    private let process: ProcessGauges
    private let replication: Replication
    private let healthTime = Metrics.Gauge(label: Metric.healthTime.name)
    private let pageCheckTime = Metrics.Gauge(label: Metric.pageCheckTime.name)
    private let damaged = Metrics.Gauge(label: Metric.damaged.name)
    private let probeTime = Metrics.Gauge(label: Metric.probeTime.name)
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - accounts: returns the accounts of the current configuration.
    ///   - targets: returns the targets of the current configuration.
    ///   - replication: where to show whether commits are replicated.
    init(
        ledger: Ledger,
        accounts: @escaping @Sendable () -> Set<String>,
        targets: @escaping @Sendable () -> [DeliveryTarget.ID],
        replication: Replication,
        version: String,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        self.ledger = ledger
        reader = try ledger.makeReader()
        self.accounts = accounts
        self.targets = targets
        storage =
            switch ledger.location {
            case .file(let path): StorageGauges(database: path)
            case .postgreSQL: nil
            }
        process = ProcessGauges(version: version, startedAt: now())
        self.replication = replication
        self.logger = logger
        self.now = now
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var gauges = AccountsGauges()
            var targetGauges = TargetsGauges()
            var tallied: Int64?
            while !Task.isCancelled {
                do {
                    try await refresh(&gauges)
                    let hour = Ledger.lastHour(at: now())
                    if tallied != hour, ledger.holds(.keeping) {
                        try await ledger.tallyHours(at: now(), reading: reader)
                        tallied = hour
                    }
                    targetGauges.show(try await reader.targets(), configured: targets())
                } catch  where !Task.isCancelled {
                    logger.warning("cannot read the health of accounts and targets", metadata: ["error": "\(error)"])
                } catch {
                    // The shutdown interrupted it.
                }
                try? await Task.sleep(for: Self.pace)  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    private func refresh(_ gauges: inout AccountsGauges) async throws {
        if let storage {
            storage.refresh(try? await ledger.logState())  // If the log cannot be inspected, its gauges are NaN.
        }
        process.refresh()
        await replication.refresh(from: reader)
        // Before the accounts, which cannot be read if their pages are damaged.
        let pages = try await ledger.lastPageCheck()
        pageCheckTime.record(pages?.finishedAt.seconds ?? .nan)
        damaged.record(pages.map { $0.damage == nil ? 0 : 1 } ?? .nan)
        let health = try await reader.ledgerHealth()
        gauges.show(health.accounts, configured: accounts())
        healthTime.record(now().seconds)
        if let last = await probe(after: health.lastProbe) { probeTime.record(last.seconds) }
    }

    /// - Returns: when the database was last proved to be writable.
    private func probe(after last: Timestamp?) async -> Timestamp? {
        if let last, last <= now(), now() <= last + Self.probeAge { return last }
        let at = now()
        do {
            try await ledger.probe(at: at)
            return at
        } catch {
            if !Task.isCancelled {
                logger.warning("cannot verify that the database can be written", metadata: ["error": "\(error)"])
            }
            return last
        }
    }
}

/// The disk space that the database takes, and what is left.
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

    /// - Parameter log: `nil` if it cannot be inspected.
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

/// The process metrics that every exporter has, under their customary names.
struct ProcessGauges: Sendable {
    private let residentMemory = Gauge(label: Metric.residentMemory.name)

    init(version: String, startedAt: Timestamp) {
        Gauge(label: Metric.build.name, dimensions: [("version", version)]).record(1)
        Gauge(label: Metric.startTime.name).record(startedAt.seconds)
    }

    func refresh() {
        guard let pages = Self.residentPages() else { return }
        residentMemory.record(pages * sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The second number of `/proc/self/statm` (proc(5)).
    private static func residentPages() -> Int? {
        // Only Linux has it.
        guard let file = try? HostEnvironment.readFile("/proc/self/statm", 4096) else { return nil }
        let numbers = String(decoding: file.bytes, as: UTF8.self).split(separator: " ")
        return numbers.dropFirst().first.flatMap { Int($0) }
    }
}
