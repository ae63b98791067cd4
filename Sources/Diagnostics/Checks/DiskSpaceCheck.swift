package import Ledger
import Telemetry

/// Checks whether the database has room to grow.
package struct DiskSpaceCheck {
    package static let name = "disk space"

    /// A callback takes about 3 kB, so a gibibyte holds some hundred thousand of them.
    private static let scarce: Int64 = 2 << 30
    private static let nothing: Int64 = 256 << 20

    /// - Parameter disk: `nil` if the file system cannot be examined.
    package static func finding(_ disk: FreeSpace?, at path: String) -> Finding {
        guard let disk, disk.total > 0 else {
            return Finding(name, .skipped, "the file system of \(path) cannot be examined")
        }
        // Cannot overflow: at most 100, whatever the file system reports.
        let percent = Int(min(1, Double(disk.bytes) / Double(disk.total)) * 100)
        let seen = "\(Approximate.bytes(disk.bytes)) of \(Approximate.bytes(disk.total)) free (\(percent) %) at \(path)"
        let advice = """
            enlarge the disk, move other files away, or shorten retention.bodies and run `paystate prune`; when it is full, \
            callbacks are answered 503 and sent again
            """
        guard disk.bytes >= nothing, percent >= 1 else { return Finding(name, .failure, seen, advice: advice) }
        guard disk.bytes >= scarce, percent >= 5 else { return Finding(name, .warning, seen, advice: advice) }
        return Finding(name, .ok, seen)
    }
}
