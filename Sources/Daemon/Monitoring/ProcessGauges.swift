import ConfigurationFile
import Glibc
import Metrics
import Payments
import Telemetry

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
